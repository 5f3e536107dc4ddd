package io.reprise.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The source's state at the start of a run.
 *
 * @param commit full hash, or "unknown" (no git, or not a repository)
 * @param dirty whether tracked files differ from it; false if unknown
 */
public record GitState(String commit, boolean dirty) {
    public static final GitState UNKNOWN = new GitState("unknown", false);

    /** Runs git with arguments; empty if there is no git, or it fails. */
    @FunctionalInterface
    public interface Query {
        Optional<String> git(List<String> arguments);
    }

    public static GitState read(Query query) {
        Optional<String> commit = query.git(List.of("rev-parse", "HEAD")).map(String::strip);
        if (commit.isEmpty() || !commit.get().matches("[0-9a-f]{40,64}")) {
            return UNKNOWN;
        }
        boolean dirty = query.git(List.of("status", "--porcelain", "--untracked-files=no"))
                .map(text -> !text.isBlank())
                .orElse(false);
        return new GitState(commit.get(), dirty);
    }

    /** Asks the git program about a directory; gives up after five seconds (a network drive may hang). */
    public static Query program(Path directory) {
        return arguments -> {
            List<String> command =
                    Stream.concat(Stream.of("git"), arguments.stream()).toList();
            Path output = null;
            Process process = null;
            try {
                output = Files.createTempFile("reprise-git", ".txt"); // a pipe could fill up and hang git
                process = new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectOutput(output.toFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
                process.getOutputStream().close();
                boolean ended = process.waitFor(5, TimeUnit.SECONDS);
                return ended && process.exitValue() == 0
                        ? Optional.of(Files.readString(output, StandardCharsets.UTF_8))
                        : Optional.empty();
            } catch (IOException e) {
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            } finally {
                if (process != null) {
                    process.destroyForcibly();
                }
                delete(output);
            }
        };
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // a file left in the temporary directory harms nobody
        }
    }
}
