package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.probe.Part;
import io.reprise.analysis.probe.ProbeResult;
import io.reprise.run.ProbeResults;
import io.reprise.run.RunLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeAnalysisTest {
    private static final String SETTINGS =
            ", sites: [blocks.0.hook_resid_pre], examples: 200, seeds: 2, random_models: 1,"
                    + " head: {hidden: 8, steps: 60}, split: {validation: 0.25, test: 0.35}";

    @TempDir
    Path directory;

    @Test
    void aRunsProbesAreInItsMetricsItsFilesAndItsReport() throws IOException {
        RunOutcome outcome = run("{probe: {name: last, label: {above: 12}, apart: sequence" + SETTINGS + "}}");
        RunLayout run = new RunLayout(outcome.directory());
        ProbeResult probe = ProbeResults.read(run.probes()).probes().get(0);
        assertThat(probe.groups()).containsOnlyKeys("train", "validation", "test");
        assertThat(outcome.result().metrics())
                .containsEntry(
                        "probe/last/accuracy",
                        probe.measure(ProbeResult.ACCURACY).orElseThrow().accuracy())
                .containsKeys("probe/last/shuffled_accuracy", "probe/last/random_model_accuracy");
        assertThat(Files.readString(run.report()))
                .contains("whether the number is above 12 at the last position")
                .contains("Which classes it confuses");
    }

    @Test
    void aProbeOfATokenKeepsThatTokensSequencesTogether() throws IOException {
        RunOutcome outcome = run("{probe: {label: parity" + SETTINGS + "}}");
        ProbeResult probe = ProbeResults.read(new RunLayout(outcome.directory()).probes())
                .probes()
                .get(0);
        assertThat(probe.name()).isEqualTo("parity");
        int groups =
                probe.groups().values().stream().mapToInt(Integer::intValue).sum();
        int examples = 0;
        for (Part part : Part.values()) {
            examples += probe.size(part);
        }
        // starts 1..40, lengths 3..5, steps of one: the last number is one of 3..44
        assertThat(groups).isLessThanOrEqualTo(42).isLessThan(examples);
    }

    @Test
    void aProbeThatMakesNoSenseIsRefusedWithItsKey() {
        assertThatThrownBy(() -> Tiny.config("analyses=[{probe: {label: parity, pool: mean" + SETTINGS + "}}]"))
                .hasMessageContaining("pool = mean points at no token");
        assertThatThrownBy(() -> Tiny.config("analyses=[{probe: {label: parity, sites: []}}]"))
                .hasMessageContaining("sites is empty");
        assertThatThrownBy(() -> Tiny.config("analyses=[{probe: {label: evenness}}]"))
                .hasMessageContaining("evenness");
        assertThatThrownBy(() -> run("{probe: {label: rule" + SETTINGS + "}}"))
                .hasMessageContaining("a probe needs at least two labels");
    }

    private RunOutcome run(String analysis) {
        return Tiny.run(
                Tiny.config(
                        "analyses=[" + analysis + "]",
                        "task.start=1..40",
                        "split={train: 0.4, validation: 0.1, test: 0.5}"),
                new RunOptions(directory, Tiny.DATASETS, 2, false, false, false),
                new Tiny.Log());
    }
}
