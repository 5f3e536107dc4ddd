package io.reprise.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;

/**
 * Where words go.
 *
 * @param out results
 * @param err progress and problems
 * @param interactive whether {@code err} is a terminal, on which a line may be drawn again
 * @param colour whether it shows colours
 * @param columns its width
 * @param shading how cells of a table on {@code out} can be shaded
 */
record Terminal(PrintStream out, PrintStream err, boolean interactive, boolean colour, int columns, Shading shading) {
    private static final int USUAL_COLUMNS = 100;

    /** Colours that a terminal has for backgrounds. */
    enum Shading {
        /** It is a file or a pipe, or the user wants none (NO_COLOR). */
        NONE,
        /** The 256 colours that nearly every terminal has. */
        ANSI,
        /** 24 bit, as it says in COLORTERM. */
        TRUE
    }

    Terminal(PrintStream out, PrintStream err, boolean interactive, boolean colour, int columns) {
        this(out, err, interactive, colour, columns, Shading.NONE);
    }

    /**
     * This process's streams, as the launcher describes them: it knows whether descriptor 3 is a terminal, which JDK 17 can't
     * tell.
     */
    static Terminal ofProcess(Properties properties, Map<String, String> environment) {
        boolean interactive = Boolean.parseBoolean(properties.getProperty("reprise.terminal"));
        boolean colours = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
        boolean shades = colours && Boolean.parseBoolean(properties.getProperty("reprise.stdout.terminal"));
        boolean many = environment.getOrDefault("COLORTERM", "").matches("truecolor|24bit");
        var err = stream(descriptor(properties.getProperty("reprise.stderr")));
        return new Terminal(
                stream(FileDescriptor.out),
                err,
                interactive,
                interactive && colours,
                columns(properties.getProperty("reprise.columns", "")),
                shades ? many ? Shading.TRUE : Shading.ANSI : Shading.NONE);
    }

    PrintWriter outWriter() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    PrintWriter errWriter() {
        return new PrintWriter(err, true, StandardCharsets.UTF_8);
    }

    /** UTF-8 whatever the locale: a bar of blocks in a C locale is still better than a bar of question marks. */
    private static PrintStream stream(FileDescriptor descriptor) {
        OutputStream bytes = new FileOutputStream(descriptor);
        return new PrintStream(new BufferedOutputStream(bytes), true, StandardCharsets.UTF_8);
    }

    /** The launcher's descriptor of the real stderr; our own stderr passes through its filter. */
    private static FileDescriptor descriptor(String number) {
        if (number == null) {
            return FileDescriptor.err;
        }
        try {
            var constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
            constructor.setAccessible(true);
            return constructor.newInstance(Integer.parseInt(number));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return FileDescriptor.err; // the filtered way works, too
        }
    }

    private static int columns(String text) {
        return text.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(text) : USUAL_COLUMNS;
    }
}
