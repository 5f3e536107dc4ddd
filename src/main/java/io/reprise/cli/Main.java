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
        int code = Reprise.run(new Rooms(command(args), home()), terminal, args);
        terminal.out().flush();
        terminal.err().flush();
        // some libraries leave threads behind
        System.exit(code);
    }

    private static List<String> command(String[] args) {
        List<String> words = new ArrayList<>(List.of("./reprise"));
        words.addAll(List.of(args));
        return words;
    }

    /** The project's directory, told by the launcher. */
    private static Path home() {
        return Path.of(System.getProperty("reprise.home", ""));
    }
}
