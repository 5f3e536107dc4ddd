package io.reprise.weights;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Replaces a directory of files. It is filled aside and renamed; a directory can't be renamed over another, so the old one steps
 * aside first, and a crash in that moment leaves it as {@code .NAME.old}, which the next replacement puts back before it starts.
 */
public final class AtomicDirectory {
    private AtomicDirectory() {}

    /**
     * @param replaceable names that an existing {@code target} may hold; anything else is somebody's, and not thrown away
     * @param filler writes the files into the directory that it is given
     * @throws IllegalArgumentException if {@code target} is a file, or holds something that isn't replaceable
     */
    public static void replace(Path target, Set<String> replaceable, AtomicFile.Filler filler) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(target + " is the root of the file system; choose a directory to write");
        }
        Path temporary = parent.resolve("." + absolute.getFileName() + ".tmp");
        Path old = parent.resolve("." + absolute.getFileName() + ".old");
        Files.createDirectories(parent);
        if (!Files.exists(absolute) && Files.exists(old)) {
            Files.move(old, absolute, StandardCopyOption.ATOMIC_MOVE);
        }
        checkReplaceable(target, replaceable);
        delete(temporary);
        delete(old);
        try {
            Files.createDirectory(temporary);
            filler.fill(temporary);
            sync(temporary);
            if (Files.exists(absolute)) {
                Files.move(absolute, old, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
            AtomicFile.syncDirectory(parent);
        } finally {
            delete(temporary);
        }
        delete(old);
    }

    /**
     * Makes a directory of files, whole or not at all. What a killed attempt left aside is thrown away first.
     *
     * @param filler writes the files into the directory that it is given
     * @throws IllegalArgumentException if there is anything at {@code target}
     */
    public static void create(Path target, AtomicFile.Filler filler) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        refuseExisting(target);
        Path parent = absolute.getParent();
        Files.createDirectories(parent);
        Path temporary = AtomicFile.temporaryOf(absolute);
        delete(temporary);
        try {
            Files.createDirectory(temporary);
            filler.fill(temporary);
            sync(temporary);
            refuseExisting(target);
            Files.move(temporary, absolute, StandardCopyOption.ATOMIC_MOVE);
            AtomicFile.syncDirectory(parent);
        } finally {
            delete(temporary);
        }
    }

    /** @throws IllegalArgumentException if there is anything at {@code target} */
    public static void refuseExisting(Path target) {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new IllegalArgumentException(
                    target + " exists already, and nothing is overwritten; choose another directory, or remove it");
        }
    }

    private static void checkReplaceable(Path target, Set<String> replaceable) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new IllegalArgumentException(target + " is a file; choose a directory to write");
        }
        for (Path path : list(target)) {
            if (!replaceable.contains(path.getFileName().toString())) {
                throw new IllegalArgumentException(
                        target + " holds " + path.getFileName() + ", which would be lost; choose another directory");
            }
        }
    }

    private static void sync(Path directory) throws IOException {
        for (Path file : list(directory)) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
        AtomicFile.syncDirectory(directory);
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    /** Deletes a directory with all that is in it; nothing if it isn't there. */
    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
