package io.reprise.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds runs. */
public final class RunIndex {
    private static final Pattern SEED = Pattern.compile("seed-(-?\\d+)");

    private RunIndex() {}

    /**
     * One run directory; name, hash and seed are read off its path, empty where the path is of another form (moved by hand).
     *
     * @param state see {@link RunDirectory#inspect}
     */
    public record Found(RunLayout layout, String name, String configHash, OptionalLong seed, RunState state) {}

    /** Whether a directory is a run itself. */
    public static boolean isRun(Path directory) {
        return Files.exists(new RunLayout(directory).status());
    }

    /** All runs at or below a path, by name, hash and seed; a directory that cannot be read is skipped. */
    public static List<Found> find(Path root) {
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException(root + " is not a directory; give a run or a directory of runs");
        }
        List<Found> found = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    if (isRun(directory)) {
                        found.add(describe(directory));
                        return FileVisitResult.SKIP_SUBTREE;
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(root + " cannot be searched for runs: " + e.getMessage(), e);
        }
        found.sort(Comparator.comparing(Found::name)
                .thenComparing(Found::configHash)
                .thenComparing(run -> run.seed().orElse(Long.MIN_VALUE))
                .thenComparing(run -> run.layout().root()));
        return List.copyOf(found);
    }

    private static Found describe(Path directory) {
        Path path = directory.toAbsolutePath().normalize();
        Matcher seed = SEED.matcher(
                path.getFileName() == null ? "" : path.getFileName().toString());
        boolean usual = seed.matches() && path.getNameCount() >= 3;
        return new Found(
                new RunLayout(directory),
                usual ? path.getName(path.getNameCount() - 3).toString() : "",
                usual ? path.getName(path.getNameCount() - 2).toString() : "",
                usual ? OptionalLong.of(Long.parseLong(seed.group(1))) : OptionalLong.empty(),
                RunDirectory.inspect(directory).state());
    }
}
