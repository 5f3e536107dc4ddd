package io.reprise.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Objects;

/**
 * Replaces files so that a reader, or a start after a crash, sees the old content or the new, never a part: temporary file in
 * the same directory, fsync, rename, fsync of the directory.
 */
public final class AtomicFile {
    private static final boolean WINDOWS =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    private final WriteObserver observer;

    public AtomicFile() {
        this(WriteObserver.NONE);
    }

    public AtomicFile(WriteObserver observer) {
        this.observer = Objects.requireNonNull(observer, "observer");
    }

    /** Writes a file whose path it is given; used by formats that need positional writes. */
    @FunctionalInterface
    public interface Filler {
        void fill(Path temporary) throws IOException;
    }

    public void write(Path target, String text) throws IOException {
        write(target, text.getBytes(StandardCharsets.UTF_8));
    }

    public void write(Path target, byte[] content) throws IOException {
        replace(target, temporary -> {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                writeFully(channel, ByteBuffer.wrap(content));
            }
        });
    }

    /**
     * Lets {@code filler} write a temporary file beside {@code target}, then puts it in target's place. If anything fails, target
     * is as it was.
     */
    public void replace(Path target, Filler filler) throws IOException {
        Path directory = target.toAbsolutePath().getParent();
        if (!Files.exists(directory)) {
            throw new IOException("cannot write " + target + ": there is no directory " + directory);
        }
        Path temporary = temporaryOf(target);
        try {
            Files.deleteIfExists(temporary); // a crash may have left one
            observer.before(WriteObserver.Action.WRITE, target);
            filler.fill(temporary);
            observer.after(WriteObserver.Action.WRITE, target);
            observer.before(WriteObserver.Action.SYNC, target);
            sync(temporary);
            observer.after(WriteObserver.Action.SYNC, target);
            observer.before(WriteObserver.Action.RENAME, target);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            observer.after(WriteObserver.Action.RENAME, target);
            observer.before(WriteObserver.Action.SYNC_DIRECTORY, target);
            syncDirectory(directory);
            observer.after(WriteObserver.Action.SYNC_DIRECTORY, target);
        } catch (IOException | RuntimeException e) {
            // Not for Errors: a simulated kill must leave what a kill leaves.
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** The name under which {@link #replace} prepares a file; ends in {@code .tmp}, so that listings can skip it. */
    public static Path temporaryOf(Path target) {
        return target.resolveSibling("." + target.getFileName() + ".tmp");
    }

    public WriteObserver observer() {
        return observer;
    }

    public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Makes renames in a directory durable. Windows has no such call and needs none (NTFS journals names). */
    public static void syncDirectory(Path directory) throws IOException {
        if (WINDOWS) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
