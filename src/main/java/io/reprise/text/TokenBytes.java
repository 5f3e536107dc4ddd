package io.reprise.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Tokens as bytes: their form in byte-level vocabularies, and for people to read. */
final class TokenBytes {
    /** GPT-2's table: printable Latin-1 characters stand for themselves, the other 68 bytes for U+0100, U+0101, … in order. */
    private static final Map<Character, Integer> BYTES = new HashMap<>();

    static {
        int next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean itself = (b >= '!' && b <= '~') || (b >= 0xA1 && b != 0xAD);
            BYTES.put((char) (itself ? b : next++), b);
        }
    }

    private TokenBytes() {}

    /** The bytes that a token of a byte-level vocabulary stands for; empty if a character stands for none. */
    static Optional<byte[]> ofByteLevel(String token) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < token.length(); i++) {
            Integer b = BYTES.get(token.charAt(i));
            if (b == null) {
                return Optional.empty();
            }
            bytes.write(b);
        }
        return Optional.of(bytes.toByteArray());
    }

    /** UTF-8 as text; what isn't whole, or doesn't print, escaped. */
    static String shown(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < bytes.length; ) {
            int length = Math.min(lengthOfCharacter(bytes[at]), bytes.length - at);
            String character = length == 0 ? "" : strict(bytes, at, length);
            if (character.isEmpty()) {
                text.append(String.format(Locale.ROOT, "\\x%02x", bytes[at] & 0xFF));
                at++;
            } else {
                text.append(shown(character));
                at += length;
            }
        }
        return text.toString();
    }

    /** {@code text} with its control characters escaped. */
    static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        shown.append(String.format(Locale.ROOT, "\\x%02x", c));
                    } else {
                        shown.appendCodePoint(c);
                    }
                }
            }
        });
        return shown.toString();
    }

    static String unused(int id) {
        if (id < 0) {
            throw new IllegalArgumentException("token id " + id + " is negative");
        }
        return "<unused " + id + ">";
    }

    /** From the first byte of a UTF-8 character; 0 if none begins with it. */
    private static int lengthOfCharacter(byte first) {
        int lead = first & 0xFF;
        return lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    }

    private static String strict(byte[] bytes, int from, int length) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
            return text.toString();
        } catch (CharacterCodingException e) {
            return "";
        }
    }

    /** @throws IllegalArgumentException if {@code text} holds half a surrogate pair, which is no Unicode text */
    static void requireUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "the text has half a surrogate pair (\\u%04x) at character %d, which is not Unicode text",
                        (int) text.charAt(i),
                        i));
            }
        }
    }
}
