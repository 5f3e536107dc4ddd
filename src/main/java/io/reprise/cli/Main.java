package io.reprise.cli;

/** The process: its streams and its exit code. */
public final class Main {
    private Main() {}

    /** Runs one command line and ends the process with its exit code. */
    public static void main(String[] args) {
        var terminal = Terminal.ofProcess(System.getProperties(), System.getenv());
        int code = Reprise.run(new Rooms(), terminal, args);
        terminal.out().flush();
        terminal.err().flush();
        // some libraries leave threads behind
        System.exit(code);
    }
}
