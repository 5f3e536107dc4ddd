package io.reprise.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.run.GitState;
import io.reprise.run.Machine;
import io.reprise.run.Provenance;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandardTagsTest {
    private static Map<String, String> tags(GitState git) {
        Provenance provenance =
                Provenance.collect(SampleRun.CLOCK, List.of(), git, Machine.here(), "cpu", "plain", 1, Map.of());
        return StandardTags.of("quickstart", "train", 42, "5f3a91c2", "ada", provenance);
    }

    @Test
    void nameTheCommitIfThereIsOne() {
        assertThat(tags(new GitState("abc", true)))
                .containsEntry("mlflow.source.git.commit", "abc")
                .containsEntry("git.dirty", "true")
                .containsEntry("mlflow.source.type", "LOCAL")
                .containsEntry("seed", "42");
        assertThat(tags(GitState.UNKNOWN)).doesNotContainKeys("mlflow.source.git.commit", "git.dirty");
    }
}
