package io.reprise.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The process: its streams and its exit code. */
public final class Main {
    private Main() {}

    /** Runs one command line and ends the process with its exit code. */
    public static void main(String[] args) {
        var terminal = Terminal.ofProcess(System.getProperties(), System.getenv());
        var home = Path.of(System.getProperty("reprise.home", "."));
        var command = new ArrayList<>(List.of("reprise"));
        command.addAll(List.of(args));
        int code = Reprise.run(new Rooms(command, home), terminal, args);
        terminal.out().flush();
        terminal.err().flush();
        // some libraries leave threads behind
        System.exit(code);
    }
}
