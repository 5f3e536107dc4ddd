package io.reprise.analysis.circuit.editing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.circuit.Unit;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.Batch;
import io.reprise.data.Example;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.tensor.Rng;
import io.reprise.train.BatchSource;
import io.reprise.train.LabeledBatch;
import io.reprise.train.Objective;
import io.reprise.train.Schedule;
import io.reprise.train.TrainSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After [a, b] comes a + 1: without attention that can't be known. */
class RecoveryTest {
    private static final int VOCABULARY = 6;
    private static final Set<Unit> HEADS = Set.of(new Unit.Head(0, 0), new Unit.Head(0, 1));

    @TempDir
    Path workspace;

    @Test
    void whatIsHeldStaysOutAndWhatIsFreeComesBack() throws IOException {
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = Parameters.initialise(backend, config(), 0.2, Rng.of(1))) {
            Recovery training = recovery(backend, parameters);
            // From scratch, this is the training of the model as well.
            Recovery.Curve learnt = training.run(Set.of(), Recovery.Mode.FREE, "none");
            assertThat(learnt.points()).extracting(Recovery.Point::step).containsExactly(0L, 50L, 100L, 150L);
            assertThat(last(learnt)).isEqualTo(1);
            Recovery.Curve free = training.run(HEADS, Recovery.Mode.FREE, "free");
            assertThat(free.points().get(0).outcome().accuracy()).isLessThan(0.5);
            assertThat(last(free)).isGreaterThan(0.9);
            Recovery.Curve held = training.run(HEADS, Recovery.Mode.HELD, "held");
            assertThat(held.removed()).containsExactly("a0.h0", "a0.h1");
            // Only b is seen, which tells nothing: one of six.
            assertThat(last(held)).isLessThan(0.4);
            Recovery.Curve one = training.run(Set.of(new Unit.Head(0, 0)), Recovery.Mode.HELD, "one");
            assertThat(last(one)).as("the other head takes over").isGreaterThan(0.9);
            assertThat(training.run(HEADS, Recovery.Mode.FREE, "again")).isEqualTo(free);
        }
    }

    @Test
    void heldWeightsStayExactlyZero() throws IOException {
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = Parameters.initialise(backend, config(), 0.2, Rng.of(1));
                Parameters edited = WeightEdits.without(backend, parameters, HEADS);
                MaskedGradient gradient = new MaskedGradient(
                        new io.reprise.model.Transformer(backend, config(), edited), edited, batches(), HEADS)) {
            gradient.run(0);
            assertThat(backend.download(gradient.gradient("blocks.0.attn.W_O"))).containsOnly(0);
            assertThat(backend.download(gradient.gradient("unembed.W_U")))
                    .as("others learn")
                    .isNotEqualTo(new float[VOCABULARY * 16]);
            assertThat(backend.download(parameters.get("blocks.0.attn.W_O")))
                    .as("the original is left as it was")
                    .doesNotContain(0);
        }
    }

    @Test
    void aLossThatBlowsUpIsSaid() {
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = Parameters.initialise(backend, config(), 0.2, Rng.of(1))) {
            float[] broken = new float[VOCABULARY * 16];
            broken[0] = Float.NaN;
            backend.write(parameters.get("unembed.W_U"), broken);
            assertThatThrownBy(() -> recovery(backend, parameters).run(Set.of(), Recovery.Mode.FREE, "nan"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lower its lr");
        }
    }

    private Recovery recovery(Backend backend, Parameters parameters) {
        TrainSpec spec = new TrainSpec(
                150,
                36,
                Objective.NEXT_TOKEN,
                TrainSpec.Optimizer.ADAMW,
                1e-2,
                0.9,
                0.999,
                1e-8,
                0.01,
                new Schedule.Constant(),
                Optional.empty(),
                50,
                150,
                false,
                Optional.empty(),
                Optional.empty());
        return new Recovery(backend, parameters, spec, batches(), task(), workspace);
    }

    private static ModelConfig config() {
        return ModelConfig.toy(
                1,
                16,
                2,
                8,
                0,
                VOCABULARY,
                3,
                Activation.NONE,
                ModelConfig.Normalization.LAYER_NORM,
                ModelConfig.Positions.LEARNED,
                false);
    }

    private static BatchSource batches() {
        List<Example> examples = new ArrayList<>();
        for (int a = 0; a < VOCABULARY; a++) {
            for (int b = 0; b < VOCABULARY; b++) {
                examples.add(Example.ofTokens(a, b, (a + 1) % VOCABULARY));
            }
        }
        LabeledBatch batch = LabeledBatch.of(Batch.of(examples, 0), Objective.NEXT_TOKEN);
        return cursor -> batch;
    }

    /** The very prompts that are learnt: what the tests are about is what can be learnt at all. */
    private static PairSet task() {
        List<PromptPair> pairs = new ArrayList<>();
        for (int a = 0; a < VOCABULARY; a++) {
            for (int b = 0; b < VOCABULARY; b++) {
                int other = (a + 2) % VOCABULARY;
                pairs.add(new PromptPair(
                        List.of(a, b), List.of(other, b), (a + 1) % VOCABULARY, (other + 1) % VOCABULARY));
            }
        }
        return new PairSet("before", List.of(new PairSet.Group(List.of("x1", "x2"), pairs)));
    }

    private static double last(Recovery.Curve curve) {
        return curve.points().get(curve.points().size() - 1).outcome().accuracy();
    }
}
