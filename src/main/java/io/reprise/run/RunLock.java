package io.reprise.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps two processes from writing one run directory; the system lets go of it when a process dies, however it dies.
 *
 * <p>POSIX drops a process's lock when it closes <i>any</i> descriptor of the file, so this JVM's own locks are looked up in a
 * set before the file is touched.
 */
final class RunLock implements AutoCloseable {
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path key;
    private final FileChannel channel;

    private RunLock(Path key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /** Empty if another run, in this process or another, holds it. */
    static Optional<RunLock> tryAcquire(Path file) throws IOException {
        Path key = file.toAbsolutePath().normalize();
        if (!HELD_HERE.add(key)) {
            return Optional.empty();
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                RunLock held = new RunLock(key, channel);
                channel = null;
                return Optional.of(held);
            }
        } catch (OverlappingFileLockException e) {
            // held by this JVM through another class loader: as good as another process
        } finally {
            if (channel != null) {
                channel.close();
                HELD_HERE.remove(key);
            }
        }
        HELD_HERE.remove(key);
        return Optional.empty();
    }

    /** Whether someone is at work there. */
    static boolean isHeld(Path file) throws IOException {
        if (HELD_HERE.contains(file.toAbsolutePath().normalize())) {
            return true;
        }
        if (!Files.exists(file) || !Files.isWritable(file)) {
            return false;
        }
        Optional<RunLock> lock = tryAcquire(file);
        if (lock.isPresent()) {
            lock.get().close();
        }
        return lock.isEmpty();
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD_HERE.remove(key);
        }
    }
}
