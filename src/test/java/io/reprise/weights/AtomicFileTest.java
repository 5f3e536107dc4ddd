package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path directory;

    @Test
    void killedAtAnyMomentLeavesTheOldFileOrTheNewOne() throws IOException {
        Path file = directory.resolve("state");
        List<String> found = new ArrayList<>();
        for (int moment = 0; moment < 8; moment++) {
            new AtomicFile().write(file, "old");
            AtomicFile dying = new AtomicFile(Killed.after(moment));
            assertThatThrownBy(() -> dying.write(file, "new")).isInstanceOf(Killed.class);
            found.add(Files.readString(file));
        }
        // write, sync, rename, sync of the directory: the new content appears with the rename
        assertThat(found).containsExactly("old", "old", "old", "old", "old", "new", "new", "new");
        new AtomicFile(Killed.after(8)).write(file, "new"); // there is no ninth moment
    }

    @Test
    void leftoverOfAKillDoesNotGetInTheWay() throws IOException {
        Path file = directory.resolve("state");
        Files.writeString(AtomicFile.temporaryOf(file), "a much longer leftover");
        new AtomicFile().write(file, "new");
        assertThat(file).hasContent("new");
        assertThat(AtomicFile.temporaryOf(file)).doesNotExist();
    }

    @Test
    void failedWriteKeepsTheOldFileAndLeavesNoTemporary() throws IOException {
        Path file = directory.resolve("state");
        new AtomicFile().write(file, "old");
        assertThatThrownBy(() -> new AtomicFile().replace(file, temporary -> {
                    Files.writeString(temporary, "half");
                    throw new IOException("disk full");
                }))
                .hasMessage("disk full");
        assertThat(file).hasContent("old");
        assertThat(AtomicFile.temporaryOf(file)).doesNotExist();
    }
}
