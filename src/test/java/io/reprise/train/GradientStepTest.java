package io.reprise.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Activation;
import io.reprise.backend.CrossEntropy;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.Batch;
import io.reprise.data.Example;
import io.reprise.model.AppliedTransformer;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GradientStepTest {
    private static final int VOCABULARY = 11;
    private static final ModelConfig SHAPE = ModelConfig.toy(
            1,
            8,
            2,
            4,
            12,
            VOCABULARY,
            6,
            Activation.GELU_NEW,
            ModelConfig.Normalization.LAYER_NORM,
            ModelConfig.Positions.LEARNED,
            false);

    @ParameterizedTest
    @CsvSource({"1", "3", "7", "150"})
    void lossAndGradientsAreThoseOfTheWholeBatchAtOnce(int sequences) {
        LabeledBatch batch = batch(sequences);
        try (CpuBackend backend = new CpuBackend(2);
                Parameters parameters =
                        Parameters.initialise(backend, SHAPE, 0.4, Rng.of(5).split("init"))) {
            Transformer model = new Transformer(backend, SHAPE, parameters);
            IdentityHashMap<Tensor, Tensor> whole = new IdentityHashMap<>();
            parameters.byName().values().forEach(weight -> whole.put(weight, backend.zeros(weight.shape())));
            double expected;
            try (Scope scope = backend.scope()) {
                AppliedTransformer applied = model.apply(batch.tokens());
                CrossEntropy loss = backend.crossEntropy(applied.logits(), batch.targets());
                applied.pullback(loss.pullback(1.0 / loss.count()), weight -> Optional.ofNullable(whole.get(weight)));
                expected = loss.sum() / loss.count();
            }
            try (GradientStep step = new GradientStep(model, parameters)) {
                step.run(batch(2)); // gradients of an earlier batch must not stay
                assertThat(step.run(batch)).isCloseTo(expected, within(1e-6 * expected)); // float32 logits
                for (int i = 0; i < step.names().size(); i++) {
                    String name = step.names().get(i);
                    float[] want = backend.download(whole.get(parameters.get(name)));
                    float[] got = backend.download(step.gradient(i));
                    double size = 0;
                    double apart = 0;
                    for (int j = 0; j < want.length; j++) {
                        size += (double) want[j] * want[j];
                        apart += Math.pow((double) want[j] - got[j], 2);
                    }
                    assertThat(size).as(name).isPositive();
                    // sums of float32 in another order: a few roundings (6e-8) of the largest terms
                    assertThat(Math.sqrt(apart)).as(name).isLessThanOrEqualTo(1e-5 * Math.sqrt(size));
                }
            }
        }
    }

    @Test
    void bitsDoNotDependOnThreads() {
        Map<String, String> one = bits(1);
        assertThat(bits(2)).isEqualTo(one);
        assertThat(bits(3)).isEqualTo(one);
        assertThat(bits(4)).isEqualTo(one);
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "2, 5", "4, 1", "5, 383", "7, 384", "128, 12", "513, 5000"})
    void aPlanIsAFunctionOfTheShapeAndCoversEverySequenceOnce(int batch, int length) {
        ShardPlan plan = ShardPlan.of(batch, length);
        assertThat(plan).isEqualTo(ShardPlan.of(batch, length));
        assertThat(plan.shards()).isBetween(1, batch);
        assertThat(plan.sequencesPerChunk()).isPositive();
        assertThat(plan.from(0, batch)).isZero();
        assertThat(plan.from(plan.shards(), batch)).isEqualTo(batch);
        for (int shard = 0; shard < plan.shards(); shard++) {
            assertThat(plan.from(shard, batch)).as("no shard is empty").isLessThan(plan.from(shard + 1, batch));
        }
    }

    private static Map<String, String> bits(int threads) {
        Map<String, String> bits = new TreeMap<>();
        try (CpuBackend backend = new CpuBackend(threads);
                Parameters parameters =
                        Parameters.initialise(backend, SHAPE, 0.4, Rng.of(5).split("init"));
                GradientStep step = new GradientStep(new Transformer(backend, SHAPE, parameters), parameters)) {
            bits.put("loss", Double.toString(step.run(batch(150))));
            for (int i = 0; i < step.names().size(); i++) {
                bits.put(step.names().get(i), Arrays.toString(backend.download(step.gradient(i))));
            }
        }
        return bits;
    }

    /** Sequences of two to six tokens. */
    private static LabeledBatch batch(int sequences) {
        List<Example> examples = new ArrayList<>();
        for (int n = 0; n < sequences; n++) {
            int first = n;
            int length = n == 0 ? 6 : 2 + n % 5;
            examples.add(Example.ofTokens(IntStream.range(0, length)
                    .map(i -> (first * 3 + i * i) % VOCABULARY)
                    .toArray()));
        }
        return LabeledBatch.of(Batch.of(examples, 0), Objective.NEXT_TOKEN);
    }
}
