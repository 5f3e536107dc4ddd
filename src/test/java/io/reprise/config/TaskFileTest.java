package io.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.data.BehaviourTask;
import io.reprise.data.IntRange;
import io.reprise.data.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskFileTest {
    @TempDir
    Path folder;

    @Test
    void readsATask() throws IOException {
        assertThat(TaskFile.read(file("name: plus-seven\nrule: {add: 7}\nstart: 1..60\n")))
                .isEqualTo(new BehaviourTask(
                        "plus-seven",
                        Optional.empty(),
                        new Rule.Add(7),
                        Optional.empty(),
                        Optional.of(IntRange.of(1, 60))));
    }

    @Test
    void tellsAllProblemsAtOnce() throws IOException {
        Path file = file("name: plus seven\nrule: {add: 0}\nlength: 4\n");
        assertThatThrownBy(() -> TaskFile.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("length: unknown key")
                .hasMessageContaining("rule.add = 0 repeats one member");
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("task.yaml"), yaml);
    }
}
