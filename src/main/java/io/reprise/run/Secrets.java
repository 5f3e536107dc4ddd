package io.reprise.run;

import java.util.regex.Pattern;

/** Keeps credentials out of everything that is written or said. */
public final class Secrets {
    private static final Pattern USER_INFO = Pattern.compile("(?i)\\b(https?://)[^/\\s\"'?#]*@");

    private Secrets() {}

    /** The text with user and password taken out of every http(s) address in it. */
    public static String redact(String text) {
        return USER_INFO.matcher(text).replaceAll("$1");
    }
}
