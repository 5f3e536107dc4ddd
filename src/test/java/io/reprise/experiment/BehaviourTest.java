package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelExport;
import io.reprise.run.BehaviourCell;
import io.reprise.run.BehaviourResult;
import io.reprise.run.Json;
import io.reprise.tensor.Rng;
import io.reprise.text.MissingTokenizerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BehaviourTest {
    private static final int GPT2 = 50_257;

    @TempDir
    Path folder;

    private static final class Told implements BehaviourEvents {
        final List<String> models = new ArrayList<>();
        int done;

        @Override
        public void onModel(String name, String words, int questions) {
            models.add(name + " " + questions);
        }

        @Override
        public void onAnswered(int count) {
            done = count;
        }

        @Override
        public void onNote(String note) {}
    }

    private static BehaviourOptions options(List<Path> models, List<String> tasks, List<String> templates) {
        return new BehaviourOptions(
                models,
                tasks,
                List.of(2, 3),
                templates,
                100,
                16,
                0,
                Path.of("datasets"),
                BackendChoice.CPU,
                1,
                false,
                Optional.empty());
    }

    private static ModelConfig config(int layers, int dVocab, ModelConfig.Normalization norm) {
        return ModelConfig.toy(
                layers, 8, 2, 4, 16, dVocab, 32, Activation.GELU_NEW, norm, ModelConfig.Positions.LEARNED, true);
    }

    private static Transformer random(Backend backend, ModelConfig config) {
        return new Transformer(backend, config, Parameters.initialise(backend, config, 0.02, Rng.of(5)));
    }

    /** A random model of GPT-2's shape, without any tokenizer file. */
    private Path gpt2(String name) throws IOException {
        Path directory = folder.resolve(name);
        try (Backend backend = new CpuBackend(1)) {
            ModelConfig config = config(1, GPT2, ModelConfig.Normalization.LAYER_NORM);
            ModelExport.write(
                    directory,
                    ModelExport.Format.GPT2,
                    random(backend, config),
                    Optional.empty(),
                    ModelExport.sample(config));
        }
        return directory;
    }

    @Test
    void aToyThatLearntPlusOneDoesThatAndNothingElse() throws IOException {
        // every numeral stands in some run: a lookup, which one layer learns in a second or two
        var run = Tiny.run(
                Tiny.config(
                        "task.start=1..30",
                        "model.d_model=32",
                        "train.steps=600",
                        "train.checkpoint_every=600",
                        "train.eval_every=100"),
                Tiny.options(folder),
                new Tiny.Log());
        Told told = new Told();
        BehaviourResult result = new Behaviour(
                        options(List.of(run.directory()), List.of("plus-1", "fibonacci", "months"), List.of()), told)
                .ask();
        for (BehaviourCell cell : cells(result, "plus-1")) {
            assertThat(cell.template()).isEqualTo("tokens");
            assertThat(cell.asked()).isGreaterThan(20);
            assertThat(cell.leftOut()).as("numerals that the toy doesn't have").isGreaterThan(50);
            assertThat(cell.whole()).isGreaterThan(0.95);
            assertThat(cell.wholeLow()).isGreaterThan(0.8);
        }
        for (BehaviourCell cell : cells(result, "fibonacci")) {
            assertThat(cell.asked()).isGreaterThan(80);
            assertThat(cell.whole()).as("where a + b is b + 1").isCloseTo(cell.successorWhole(), within(0.05));
        }
        assertThat(cells(result, "months")).allSatisfy(cell -> {
            assertThat(cell.asked()).isZero();
            assertThat(cell.leftOut()).isEqualTo(12);
            assertThat(cell.whole()).isNaN();
        });
        long asked = result.cells().stream().mapToLong(BehaviourCell::asked).sum();
        assertThat(told.models).containsExactly(run.directory().getFileName() + " " + asked);
        assertThat(told.done).isEqualTo((int) asked);
    }

    private static List<BehaviourCell> cells(BehaviourResult result, String task) {
        List<BehaviourCell> cells =
                result.cells().stream().filter(cell -> cell.task().equals(task)).toList();
        assertThat(cells).hasSize(2);
        return cells;
    }

    @Test
    void aRandomGpt2ScoresAtChance() throws IOException {
        BehaviourResult result = new Behaviour(
                        options(
                                List.of(gpt2("random")),
                                List.of("plus-1", "number-words", "sum"),
                                List.of("spaces", "list")),
                        new Told())
                .ask();
        assertThat(result.cells()).hasSize(2 * 2 * 2 + 1).allSatisfy(cell -> {
            assertThat(cell.asked()).isGreaterThan(90);
            assertThat(cell.leftOut()).isZero();
            assertThat(cell.chance()).isEqualTo(1.0 / GPT2);
            assertThat(cell.firstLow()).isLessThanOrEqualTo(cell.chance());
            // weights of 0.02 barely move a logit: the distribution is almost uniform
            assertThat(cell.firstProbability()).isBetween(cell.chance() / 2, cell.chance() * 2);
            assertThat(cell.wholeProbability()).isLessThanOrEqualTo(cell.firstProbability());
            assertThat(cell.samples()).hasSize(3);
        });
        assertThat(result.cells().get(0).samples().get(0).prompt()).matches("[0-9]+ [0-9]+");
        assertThat(result.cells().get(0).samples().get(0).expected()).matches(" [0-9]+");
        assertThat(result.models().get(0).tokenizer()).contains("r50k_base");
        assertThat(result.cells().stream().filter(c -> c.task().equals("sum")))
                .singleElement()
                .satisfies(cell -> assertThat(cell.template()).isEqualTo("sum"));
        assertThat(result.cells().stream().filter(c -> c.task().equals("number-words")))
                .allSatisfy(cell -> {
                    assertThat(cell.answerTokens()).isGreaterThan(1.5);
                    assertThat(cell.copyFirst()).as("twenty-one, twenty-two").isGreaterThan(0.5);
                    assertThat(cell.copyWhole()).isZero();
                });
    }

    @ParameterizedTest
    @CsvSource({"1, LAYER_NORM", "0, LAYER_NORM", "2, NONE", "0, NONE"})
    void onlyWantedPositionsAreUnembeddedAndNothingDependsOnTheBatch(int layers, ModelConfig.Normalization norm) {
        try (Backend backend = new CpuBackend(1);
                Scope scope = backend.scope()) {
            Transformer model = random(backend, config(layers, 50, norm));
            List<int[]> sequences = List.of(new int[] {3, 1, 4, 1, 5}, new int[] {9, 2}, new int[] {6, 5, 3});
            int[] from = {3, 0, 2};
            List<float[]> logits = new TransformerTokens(model).logits(sequences, from);
            int row = 0;
            for (int i = 0; i < from.length; i++) {
                int[] own = sequences.get(i);
                float[] alone = backend.download(model.logits(new Tokens(own, 1, own.length)));
                for (int position = from[i]; position < own.length; position++) {
                    assertThat(logits.get(row++))
                            .containsExactly(Arrays.copyOfRange(alone, position * 50, (position + 1) * 50));
                }
            }
            assertThat(logits).hasSize(row);
        }
    }

    @Test
    void mistakesAreFoundBeforeAnyModelIsAsked() throws IOException {
        Path known = gpt2("known");
        Path unknown = gpt2("unknown");
        Files.writeString(unknown.resolve("vocabulary.json"), "[\"1\", \"2\"]");
        Told told = new Told();
        var both = options(List.of(known, unknown), List.of("plus-1"), List.of("spaces"));
        assertThatThrownBy(() -> new Behaviour(both, told).ask())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is a toy that is asked in its own tokens; leave --template out");
        assertThat(told.models).isEmpty();
        var twice = options(List.of(known, known), List.of("plus-1"), List.of());
        assertThatThrownBy(() -> new Behaviour(twice, told).ask()).hasMessageContaining("the same directory twice");
        var task = options(List.of(known), List.of("plus"), List.of());
        assertThatThrownBy(() -> new Behaviour(task, told)).hasMessageContaining("task \"plus\" is unknown");
        Path long0 = Files.writeString(folder.resolve("t.yaml"), "{name: few, rule: {add: 1}, values: 1..2}");
        var few = options(List.of(known), List.of(long0.toString()), List.of());
        assertThatThrownBy(() -> new Behaviour(few, told))
                .hasMessageContaining("task few (numerals add 1) has no sequence with [2, 3] members and an answer");
    }

    @Test
    void aModelWithoutATokenizerIsToldWhatItNeeds() throws IOException {
        Path model = folder.resolve("untold");
        try (Backend backend = new CpuBackend(1)) {
            ModelConfig config = config(1, 100, ModelConfig.Normalization.LAYER_NORM);
            ModelExport.write(
                    model,
                    ModelExport.Format.GPT2,
                    random(backend, config),
                    Optional.empty(),
                    ModelExport.sample(config));
        }
        var asked = options(List.of(model), List.of("plus-1"), List.of());
        assertThatThrownBy(() -> new Behaviour(asked, new Told()).ask())
                .isInstanceOf(MissingTokenizerException.class)
                .hasMessageContaining("untold has no tokenizer (looked for tokenizer.json")
                .hasMessageContaining("copy it into the directory");
    }

    @Test
    void modelsAreNamedByAsMuchOfTheirPathAsTellsThemApart() {
        assertThat(Behaviour.names(List.of(Path.of("models/gpt2"), Path.of("models/neo"))))
                .containsExactly("gpt2", "neo");
        assertThat(Behaviour.names(List.of(Path.of("a/seed-1"), Path.of("b/seed-1"))))
                .containsExactly("a/seed-1", "b/seed-1");
    }

    @Test
    void resultsAreWrittenWholeAndReadBack() throws IOException {
        Path model = gpt2("model");
        BehaviourResult result = new Behaviour(
                        options(List.of(model), List.of("weekdays"), List.of("{x1}, {x2}", "spaces")), new Told())
                .ask();
        Path out = folder.resolve("out");
        Path page = BehaviourFiles.write(out, result, List.of("reprise", "evaluate"));
        BehaviourFiles.write(out, result, List.of("reprise", "evaluate", "again"));
        assertThat(page).content().contains("Sequence tasks: model").contains("reprise evaluate again");
        assertThat(Json.read(out.resolve("behaviour.json"), BehaviourResult.class))
                .isEqualTo(result);
        List<String> csv = Files.readAllLines(out.resolve("behaviour.csv"));
        assertThat(csv).hasSize(1 + 4);
        assertThat(csv.get(0)).startsWith("model,task,given,template,asked,left_out,first_right");
        assertThat(csv.get(1)).startsWith("model,weekdays,2,\"{x1}, {x2}\",7,0,");
        Files.writeString(out.resolve("mine.txt"), "precious");
        assertThatThrownBy(() -> BehaviourFiles.write(out, result, List.of())).hasMessageContaining("mine.txt");
    }
}
