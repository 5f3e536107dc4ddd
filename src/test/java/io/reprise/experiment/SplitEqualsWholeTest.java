package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.config.AnalysisChoice;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Setting;
import io.reprise.run.RunLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitEqualsWholeTest {
    private static final int ROUTES = 6; // beside the whole
    private static final int METHODS = 3;

    @TempDir
    Path directory;

    @Test
    void aTrainedModelsPartsEqualTheWholeAndItsBlocksDoNotCareForTheirNumbers() throws Exception {
        RunOutcome outcome = run("{split: {examples: 1}}", "model.n_layers=3");
        Map<String, Double> metrics = outcome.result().metrics();
        int vocabulary = 25; // 1 to 24, as far as five numbers from 20 on lead, and the padding
        int jacobian = METHODS * 16 * 16;
        // split at 1: from block 0 and from block 1; at 2: from block 1 alone
        assertThat(metrics.get("split/entries")).isEqualTo(ROUTES * (2.0 * vocabulary + 2 * jacobian + jacobian));
        assertThat(metrics).containsEntry("split/differing", 0.0).containsEntry("split/largest_difference", 0.0);
        assertThat(metrics.get("split/methods_relative_difference")).isBetween(0.0, 2e-5); // as everywhere in float32
        assertThat(metrics).containsEntry("split/renumbered_relative_difference", 0.0);
        assertThat(Files.readString(new RunLayout(outcome.directory()).results()))
                .contains("split/entries");
    }

    @Test
    void onlyTheLayersAskedForAreSplitAt() {
        Map<String, Double> metrics = run("{split: {layers: [2], examples: 1}}", "model.n_layers=3")
                .result()
                .metrics();
        assertThat(metrics).containsKey("split/layer_2/renumbered_relative_difference");
        assertThat(metrics).doesNotContainKey("split/layer_1/renumbered_relative_difference");
    }

    @ParameterizedTest
    @CsvSource({"split-gpt-neo, true", "split-gpt2, true", "split-gpt-neox, false"})
    void countingBlocksAnewShowsWhereSettingsDependOnTheirNumber(String model, boolean depends) {
        RunOutcome outcome = Tiny.run(
                ExperimentConfig.load(
                        Path.of("experiments/relation-split-equals-whole.yaml"),
                        List.of(
                                Setting.parse("pretrained=experiments/models/" + model),
                                Setting.parse("analyses=[{split: {layers: [1], examples: 1}}]"),
                                Setting.parse("tracking_uri=none"))),
                Tiny.options(directory),
                new Tiny.Log());
        Map<String, Double> metrics = outcome.result().metrics();
        assertThat(metrics).containsEntry("split/differing", 0.0);
        assertThat(metrics.get("split/entries")).isPositive();
        if (depends) {
            assertThat(metrics.get("split/renumbered_relative_difference")).isGreaterThan(1e-3);
        } else {
            assertThat(metrics).containsEntry("split/renumbered_relative_difference", 0.0);
        }
    }

    @Test
    void itIsAWordOrHasSettings() {
        assertThat(Tiny.config("analyses=[split]", "model.n_layers=2").analyses())
                .containsExactly(AnalysisChoice.Split.defaults());
        assertThat(Tiny.config("analyses=[{split: {layers: [1]}}]", "model.n_layers=2")
                        .analyses())
                .containsExactly(new AnalysisChoice.Split(List.of(1), 2));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "split: {}                | 1 | leaves nothing to split",
                "split: {layers: [3]}     | 3 | can be split at 1..2",
                "split: {layers: [0]}     | 3 | blocks from 1 on",
                "split: {examples: 0}     | 3 | examples = 0",
                "split: {layer: 1}        | 3 | layers",
            })
    void splitsThatTheModelHasNotAreRefusedBeforeItIsTrained(String split, int layers, String expected) {
        assertThatThrownBy(() -> run("{" + split + "}", "model.n_layers=" + layers))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected);
        assertThat(directory).isEmptyDirectory();
    }

    private RunOutcome run(String analysis, String... more) {
        String[] settings = Arrays.copyOf(more, more.length + 1);
        settings[more.length] = "analyses=[" + analysis + "]";
        return Tiny.run(Tiny.config(settings), Tiny.options(directory), new Tiny.Log());
    }
}
