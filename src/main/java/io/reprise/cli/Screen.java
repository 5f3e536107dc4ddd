package io.reprise.cli;

import java.util.Optional;

/** Lines on the terminal, with a line at the bottom that may be drawn again. Safe to use from several threads. */
final class Screen {
    private static final String ERASE = "\r\u001b[K";

    private final Terminal terminal;
    private Optional<String> bottom = Optional.empty();

    Screen(Terminal terminal) {
        this.terminal = terminal;
    }

    Terminal terminal() {
        return terminal;
    }

    /** {@code data   train 4,096 …}: a label of fixed width, then text. */
    void progress(String label, String text) {
        above(bold(pad(label)) + text);
    }

    void line(String text) {
        above(text);
    }

    void warn(String text) {
        above(styled("33", pad("warn")) + text);
    }

    /** A result: the only thing that goes to stdout. */
    synchronized void result(String text) {
        erase();
        terminal.out().println(text);
        terminal.out().flush();
        draw();
    }

    /** The bottom line; only on a terminal. */
    synchronized void bottom(String text) {
        if (terminal.interactive()) {
            bottom = Optional.of(text);
            draw();
        }
    }

    synchronized void clearBottom() {
        erase();
        bottom = Optional.empty();
        terminal.err().flush();
    }

    String bold(String text) {
        return styled("1", text);
    }

    private String styled(String code, String text) {
        return terminal.colour() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }

    private static String pad(String label) {
        return "%-7s".formatted(label);
    }

    private synchronized void above(String text) {
        erase();
        terminal.err().println(text);
        draw();
    }

    private void erase() {
        if (bottom.isPresent()) {
            terminal.err().print(ERASE);
        }
    }

    private void draw() {
        bottom.ifPresent(text -> {
            int room = terminal.columns() - 1;
            terminal.err().print(ERASE + (text.length() > room ? text.substring(0, room) : text));
            terminal.err().flush();
        });
    }
}
