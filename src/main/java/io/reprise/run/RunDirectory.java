package io.reprise.run;

import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A run directory that this process writes: it holds the directory's lock and its status. Ask {@link #inspect} first, then
 * {@link #start}, {@link #resume} or {@link #restart}; end with {@link #finish} or {@link #fail}. Closed without either, the run
 * counts as interrupted.
 */
public final class RunDirectory implements AutoCloseable {
    private final RunLayout layout;
    private final AtomicFile files;
    private final Clock clock;
    private final RunLock lock;
    private RunStatus status;

    private RunDirectory(RunLayout layout, AtomicFile files, Clock clock, RunLock lock, RunStatus status) {
        this.layout = layout;
        this.files = files;
        this.clock = clock;
        this.lock = lock;
        this.status = status;
    }

    /**
     * What is there.
     *
     * @param detail one clause saying what is wrong, or why it failed; empty otherwise
     */
    public record Inspection(RunState state, String detail, Optional<RunStatus> status) {}

    /** @throws UncheckedIOException if the directory cannot be read */
    public static Inspection inspect(Path directory) {
        RunLayout layout = new RunLayout(directory);
        try {
            if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                return new Inspection(RunState.ABSENT, "", Optional.empty());
            }
            if (!Files.isDirectory(directory)) {
                return halfWritten("it is a file, not a directory");
            }
            if (RunLock.isHeld(layout.lock())) {
                return new Inspection(RunState.RUNNING, "another process is at it", readStatus(layout));
            }
            if (!Files.exists(layout.status())) {
                return isEmpty(directory)
                        ? new Inspection(RunState.ABSENT, "", Optional.empty())
                        : halfWritten("it has files but no status.json");
            }
            Optional<RunStatus> read = readStatus(layout);
            if (read.isEmpty()) {
                return halfWritten("its status.json is not readable");
            }
            return switch (read.get().phase()) {
                case RUNNING -> new Inspection(RunState.INTERRUPTED, "it was interrupted", read);
                case FAILED -> new Inspection(RunState.FAILED, read.get().message(), read);
                case FINISHED -> {
                    List<Path> missing = Stream.of(layout.config(), layout.metrics(), layout.results())
                            .filter(file -> !Files.exists(file))
                            .toList();
                    yield missing.isEmpty()
                            ? new Inspection(RunState.FINISHED, "", read)
                            : new Inspection(
                                    RunState.HALF_WRITTEN,
                                    "it is marked finished but "
                                            + missing.get(0).getFileName() + " is missing",
                                    read);
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " cannot be read: " + reason(e), e);
        }
    }

    /** The layout of a finished run, for readers. @throws IllegalArgumentException saying what is there instead, and what to do */
    public static RunLayout openFinished(Path directory) {
        Inspection found = inspect(directory);
        String what =
                switch (found.state()) {
                    case FINISHED -> "";
                    case ABSENT -> "there is no run; give a directory like runs/quickstart/5f3a91c2/seed-42";
                    case RUNNING -> "the run is not finished: another process is at it";
                    case INTERRUPTED ->
                        "the run was interrupted; go on with it by running its experiment with --resume";
                    case FAILED -> "the run failed: " + found.detail();
                    case HALF_WRITTEN -> "the run is half-written: " + found.detail() + "; redo it with --force";
                };
        if (!what.isEmpty()) {
            throw new IllegalArgumentException(directory + ": " + what);
        }
        return new RunLayout(directory);
    }

    /** Starts a run with a random id in a new or empty directory. */
    public static RunDirectory start(Path directory, Clock clock, AtomicFile files) {
        return start(directory, clock, files, () -> UUID.randomUUID().toString().replace("-", ""));
    }

    /**
     * Starts a run in a new or empty directory.
     *
     * @throws IllegalArgumentException if something is there already
     * @throws UncheckedIOException with one clear sentence if it cannot be written
     */
    public static RunDirectory start(Path directory, Clock clock, AtomicFile files, Supplier<String> id) {
        RunLock lock = acquire(directory);
        return claim(directory, lock, () -> {
            RunLayout layout = new RunLayout(directory);
            if (!isEmpty(directory)) {
                throw new IllegalArgumentException(directory + " is in use: it has "
                        + (Files.exists(layout.status()) ? "a run" : "files that are not a run")
                        + "; resume it with --resume or redo it with --force");
            }
            long now = clock.millis();
            RunStatus status = new RunStatus(id.get(), RunStatus.Phase.RUNNING, "", now, now);
            RunDirectory run = new RunDirectory(layout, files, clock, lock, status);
            run.setStatus(status);
            return run;
        });
    }

    /** Goes on with an interrupted or failed run; its id and start stay. */
    public static RunDirectory resume(Path directory, Clock clock, AtomicFile files) {
        RunLock lock = acquire(directory);
        return claim(directory, lock, () -> {
            RunLayout layout = new RunLayout(directory);
            Optional<RunStatus> found = readStatus(layout);
            if (found.isEmpty() || found.get().phase() == RunStatus.Phase.FINISHED) {
                throw new IllegalArgumentException(directory + " cannot be resumed: "
                        + (found.isEmpty() ? "it has no readable status.json" : "it is finished")
                        + "; redo it with --force");
            }
            RunDirectory run = new RunDirectory(layout, files, clock, lock, found.get());
            run.setStatus(found.get().now(RunStatus.Phase.RUNNING, "", clock.millis()));
            return run;
        });
    }

    /** Removes what an earlier run wrote here (nothing else) and starts over. */
    public static RunDirectory restart(Path directory, Clock clock, AtomicFile files) {
        try (RunLock lock = acquire(directory)) {
            // status first: a crash in between leaves something that no reader takes for a run
            for (String entry : RunLayout.ENTRIES) {
                Path path = directory.resolve(entry);
                deleteTree(path);
                deleteTree(AtomicFile.temporaryOf(path));
            }
        } catch (IOException e) {
            throw cannotWrite(directory, e);
        }
        return start(directory, clock, files);
    }

    public RunLayout layout() {
        return layout;
    }

    public RunStatus status() {
        return status;
    }

    /** Writes files of this run with its observer. */
    public AtomicFile files() {
        return files;
    }

    public void writeResult(RunResult result) throws IOException {
        result.write(layout.results(), files);
    }

    public void writeProvenance(Provenance provenance) throws IOException {
        files.write(layout.provenance(), Json.write(provenance));
    }

    /** Marks the run complete and lets go of it. @throws IllegalStateException if a file that every finished run has is missing */
    public void finish() throws IOException {
        for (Path needed : List.of(layout.config(), layout.metrics(), layout.results())) {
            if (!Files.exists(needed)) {
                throw new IllegalStateException("a run cannot finish without " + needed);
            }
        }
        setStatus(status.now(RunStatus.Phase.FINISHED, "", clock.millis()));
        close();
    }

    /** Marks the run failed, with the reason in words, and lets go of it. */
    public void fail(String message) throws IOException {
        setStatus(status.now(RunStatus.Phase.FAILED, message, clock.millis()));
        close();
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private void setStatus(RunStatus next) throws IOException {
        files.write(layout.status(), Json.write(next));
        status = next;
    }

    static Optional<RunStatus> readStatus(RunLayout layout) {
        try {
            return Optional.of(Json.read(layout.status(), RunStatus.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private interface Claim {
        RunDirectory run() throws IOException;
    }

    /** Runs {@code claim}; if it throws, the lock is let go. */
    private static RunDirectory claim(Path directory, RunLock lock, Claim claim) {
        boolean claimed = false;
        try {
            RunDirectory run = claim.run();
            claimed = true;
            return run;
        } catch (IOException e) {
            throw cannotWrite(directory, e);
        } finally {
            if (!claimed) {
                try {
                    lock.close();
                } catch (IOException e) {
                    // nothing was written through it
                }
            }
        }
    }

    private static RunLock acquire(Path directory) {
        try {
            Files.createDirectories(directory);
            return RunLock.tryAcquire(new RunLayout(directory).lock())
                    .orElseThrow(() -> new IllegalArgumentException(
                            directory + " is being written by another process; wait for it or end it"));
        } catch (IOException e) {
            throw cannotWrite(directory, e);
        }
    }

    private static UncheckedIOException cannotWrite(Path directory, IOException e) {
        String message = "cannot write " + directory + ": " + reason(e) + "; choose a writable directory for runs";
        return new UncheckedIOException(message, new IOException(message, e));
    }

    private static String reason(IOException e) {
        String text = e.getClass().getSimpleName().replace("Exception", "");
        String words =
                switch (text) {
                    case "AccessDenied" -> "permission denied";
                    case "FileAlreadyExists" -> "a part of the path is a file";
                    case "NoSuchFile" -> "no such directory";
                    default -> "";
                };
        return words.isEmpty() ? String.valueOf(e.getMessage()) : words + " (" + e.getMessage() + ")";
    }

    private static Inspection halfWritten(String detail) {
        return new Inspection(RunState.HALF_WRITTEN, detail, Optional.empty());
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            return children.allMatch(child -> child.getFileName().toString().equals(RunLayout.LOCK)
                    || child.equals(AtomicFile.temporaryOf(directory.resolve(RunLayout.STATUS))));
        }
    }

    private static void deleteTree(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            List<Path> children;
            try (Stream<Path> list = Files.list(path)) {
                children = list.toList();
            }
            for (Path child : children) {
                deleteTree(child);
            }
        }
        Files.deleteIfExists(path);
    }
}
