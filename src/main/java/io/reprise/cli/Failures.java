package io.reprise.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what went wrong: one message for the user's mistakes (exit code 2), a short one and a file for ours (1). */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
    static final int OURS = 1;
    static final int USERS = 2;

    private final Terminal terminal;
    private final boolean debug;

    /** @param debug whether stack traces are printed */
    Failures(Terminal terminal, boolean debug) {
        this.terminal = terminal;
        this.debug = debug;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        return tell(failure);
    }

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        var command = failure.getCommandLine();
        terminal.err().println(failure.getMessage());
        if (!UnmatchedArgumentException.printSuggestions(failure, terminal.errWriter())) {
            terminal.err().println("See " + command.getCommandSpec().qualifiedName() + " --help.");
        }
        return USERS;
    }

    /** Prints a failure. @return the exit code */
    int tell(Throwable failure) {
        if (debug) {
            failure.printStackTrace(terminal.err());
        }
        if (failure instanceof IllegalArgumentException) {
            terminal.err().println(failure.getMessage());
            return USERS;
        }
        if (failure instanceof UncheckedIOException unchecked) {
            // a message of its own is better than its cause's
            boolean own = !String.valueOf(unchecked.getCause()).equals(unchecked.getMessage());
            terminal.err().println(own ? unchecked.getMessage() : files(unchecked.getCause()));
            return USERS;
        }
        if (failure instanceof IOException io) {
            terminal.err().println(files(io));
            return USERS;
        }
        if (failure instanceof OutOfMemoryError) {
            terminal.err()
                    .println("out of memory (" + failure.getMessage()
                            + "): give it more, for example REPRISE_JAVA_OPTS=-Xmx8g");
            return OURS;
        }
        ours(failure);
        return OURS;
    }

    /** The file system's exceptions have only a path for a message. */
    private static String files(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return failure.getMessage() + " does not exist";
        }
        if (failure instanceof AccessDeniedException) {
            return failure.getMessage() + ": permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return failure.getMessage() + " exists already and is not a directory";
        }
        if (failure instanceof FileSystemException) {
            return failure.getMessage();
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    private void ours(Throwable failure) {
        terminal.err().println("reprise failed, and it is not your fault: " + failure);
        if (debug) {
            return;
        }
        try {
            var trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace));
            Path file = Files.createTempFile("reprise-failure-", ".txt");
            Files.writeString(file, trace.toString(), StandardCharsets.UTF_8);
            terminal.err().println("Please report it with " + file + ", or look yourself with --debug.");
        } catch (IOException e) {
            failure.printStackTrace(terminal.err());
        }
    }
}
