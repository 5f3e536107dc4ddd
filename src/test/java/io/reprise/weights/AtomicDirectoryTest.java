package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicDirectoryTest {
    private static final Set<String> OURS = Set.of("a", "b");

    @TempDir
    Path parent;

    @Test
    void theNewDirectoryHasOnlyTheNewFiles() throws IOException {
        Path target = parent.resolve("deep/model");
        AtomicDirectory.replace(target, OURS, directory -> Files.writeString(directory.resolve("a"), "old"));
        AtomicDirectory.replace(target, OURS, directory -> Files.writeString(directory.resolve("b"), "new"));
        assertHolds(target, "b", "new");
        try (Stream<Path> files = Files.list(target.getParent())) {
            assertThat(files).containsExactly(target);
        }
    }

    @Test
    void aDirectoryIsMadeWholeAndWhatAKilledAttemptLeftIsGone() throws IOException {
        Path target = parent.resolve("deep/part");
        Path aside = Files.createDirectories(parent.resolve("deep/.part.tmp"));
        Files.writeString(aside.resolve("half"), "old");
        AtomicDirectory.create(target, directory -> Files.writeString(directory.resolve("a"), "new"));
        assertHolds(target, "a", "new");
        assertThat(aside).doesNotExist();
    }

    @Test
    void aDirectoryThatFailsWhileItIsMadeLeavesNothing() throws IOException {
        assertThatThrownBy(() -> AtomicDirectory.create(parent.resolve("part"), directory -> {
                    Files.writeString(directory.resolve("a"), "half");
                    throw new IOException("full");
                }))
                .hasMessage("full");
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void nothingIsMadeWhereAnythingIs() throws IOException {
        Path target = parent.resolve("part");
        Files.createSymbolicLink(target, parent.resolve("nowhere"));
        assertThatThrownBy(() -> AtomicDirectory.create(target, directory -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("exists already, and nothing is overwritten");
        Files.delete(target);
        assertThatThrownBy(() -> AtomicDirectory.create(target, directory -> Files.createDirectory(target)))
                .as("made by somebody else meanwhile")
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(target).isEmptyDirectory();
        assertThat(parent.resolve(".part.tmp")).doesNotExist();
    }

    @Test
    void aFailureLeavesTheOldOne() throws IOException {
        Path target = parent.resolve("model");
        AtomicDirectory.replace(target, OURS, directory -> Files.writeString(directory.resolve("a"), "old"));
        assertThatThrownBy(() -> AtomicDirectory.replace(target, OURS, directory -> {
                    Files.writeString(directory.resolve("a"), "half");
                    throw new IOException("full");
                }))
                .hasMessage("full");
        assertHolds(target, "a", "old");
    }

    @Test
    void whatACrashBetweenTheRenamesLeftIsPutBackFirst() throws IOException {
        Path target = parent.resolve("model");
        Files.createDirectories(parent.resolve(".model.old"));
        Files.writeString(parent.resolve(".model.old").resolve("a"), "old");
        Files.createDirectories(parent.resolve(".model.tmp"));
        assertThatThrownBy(() -> AtomicDirectory.replace(target, OURS, directory -> {
                    throw new IOException("full");
                }))
                .hasMessage("full");
        assertHolds(target, "a", "old");
        try (Stream<Path> files = Files.list(parent)) {
            assertThat(files).containsExactly(target);
        }
    }

    @Test
    void somebodyElsesFilesAreNotThrownAway() throws IOException {
        Path target = Files.createDirectory(parent.resolve("home"));
        Files.writeString(target.resolve("thesis.tex"), "years");
        assertThatThrownBy(() -> AtomicDirectory.replace(target, OURS, directory -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("holds thesis.tex, which would be lost; choose another directory");
        assertThat(target.resolve("thesis.tex")).hasContent("years");
        Path file = Files.writeString(parent.resolve("file"), "text");
        assertThatThrownBy(() -> AtomicDirectory.replace(file, OURS, directory -> {}))
                .hasMessageContaining("is a file; choose a directory");
    }

    private static void assertHolds(Path directory, String name, String content) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve(name));
        }
        assertThat(directory.resolve(name)).hasContent(content);
    }
}
