package io.reprise.analysis.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.model.Parameters;
import io.reprise.model.Site;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.ModelExport;
import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Tensor;
import io.reprise.train.Checkpoints;
import io.reprise.train.Evaluation;
import io.reprise.train.TrainListener;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FineTuningTest {
    private static final List<Site> SITES = List.of(Site.of(Site.Kind.RESID_POST, 1), Site.of(Site.Kind.RESID_PRE, 1));
    private static final FineTuneSpec SPEC = new FineTuneSpec(Optional.empty(), true, 24, 16, 3e-3, 4, 50, 6);

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"mean", "last", "max", "1"})
    void gradientsOfHeadBlocksAndEmbeddingsAreTheCentralDifferencesOfTheLoss(String pool) {
        ProbeData data = Toys.data(60, 5);
        try (Backend backend = new Nd4jBackend(DType.FLOAT64);
                Parameters parameters = Toys.parameters(backend, 2)) {
            Transformer model = new Transformer(backend, Toys.CONFIG, parameters);
            Probe probe = probe(model, Pool.parse(pool), data);
            try (HeadTensors head = new HeadTensors(backend, probe.head());
                    FineTuneGradient gradient =
                            new FineTuneGradient(model, parameters.byName(), -1, probe, head, data, 8, Rng.of(1))) {
                gradient.run(3);
                Map<String, double[]> exact = new LinkedHashMap<>();
                gradient.trained()
                        .keySet()
                        .forEach(name -> exact.put(name, backend.downloadDoubles(gradient.gradient(name))));
                Rng pick = Rng.of(9);
                exact.forEach((name, values) -> {
                    for (int n = 0; n < 3; n++) {
                        int i = pick.nextInt(values.length);
                        assertThat(values[i])
                                .as("%s[%d]", name, i)
                                // a step of 2⁻¹⁴, taken as float32 keeps it: h² times a third derivative of 100 is 4e-7
                                .isCloseTo(difference(gradient, backend, name, i), within(2e-6));
                    }
                });
                assertThat(exact.get("embed.W_E")).isNotEqualTo(new double[exact.get("embed.W_E").length]);
                assertThat(Arrays.stream(exact.get("blocks.0.attn.W_QKV"))
                                .map(Math::abs)
                                .max()
                                .orElseThrow())
                        .isGreaterThan(1e-4);
                assertThat(exact.get("unembed.W_U")).isEqualTo(new double[exact.get("unembed.W_U").length]);
            }
        }
    }

    private static double difference(FineTuneGradient gradient, Backend backend, String name, int i) {
        Tensor weight = gradient.trained().get(name);
        float[] values = backend.download(weight);
        float before = values[i];
        values[i] = before + 0x1p-14f;
        double high = values[i];
        backend.write(weight, values);
        double up = gradient.run(3).mean();
        values[i] = before - 0x1p-14f;
        double low = values[i];
        backend.write(weight, values);
        double down = gradient.run(3).mean();
        values[i] = before;
        backend.write(weight, values);
        return (up - down) / (high - low);
    }

    @Test
    void itLowersTheLossAndLeavesOtherParametersAlone() throws IOException {
        ProbeData data = Toys.data(200, 5);
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = Toys.parameters(backend, 2)) {
            Transformer model = new Transformer(backend, Toys.CONFIG, parameters);
            Probe probe = probe(model, new Pool.Last(), data);
            FineTuneSpec spec = new FineTuneSpec(Optional.of(List.of(1)), false, 150, 16, 5e-3, 10, 50, 150);
            Map<String, float[]> before = download(parameters);
            double start = loss(model, probe, data);
            FineTuning.Outcome outcome = new FineTuning(parameters, Set.of(), model, probe, data, spec, 1)
                    .run(new Checkpoints(directory, new AtomicFile(), backend), Optional.empty(), new Silent());
            // a hundred examples don't teach much of unseen ones; the gradients are proved above
            assertThat(loss(model, outcome.probe(), data)).isLessThan(start);
            assertThat(outcome.step()).isPositive();
            download(parameters).forEach((name, values) -> {
                if (name.startsWith("blocks.1.")) {
                    assertThat(values).as(name).isNotEqualTo(before.get(name));
                } else {
                    assertThat(values).as(name).isEqualTo(before.get(name));
                }
            });
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {7, 13, 20})
    void stoppingAndGoingOnGivesTheSameBitsAsNeverStopping(long stop) throws IOException {
        assertThat(tuned(directory.resolve("stopped"), stop, 2))
                .isEqualTo(tuned(directory.resolve("whole"), Long.MAX_VALUE, 1));
    }

    @Test
    void aTunedModelReadFromItsDirectoryPredictsTheSameToTheBit() throws IOException {
        ProbeData data = Toys.data(120, 5);
        List<LabelledExample> examples = data.examples(Part.TEST);
        Path model = directory.resolve("model");
        List<Probe.Prediction> expected;
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = Toys.parameters(backend, 2)) {
            Transformer transformer = new Transformer(backend, Toys.CONFIG, parameters);
            Probe probe = probe(transformer, new Pool.Max(), data);
            FineTuning.Outcome outcome = new FineTuning(parameters, Set.of(), transformer, probe, data, SPEC, 1)
                    .run(
                            new Checkpoints(directory.resolve("checkpoints"), new AtomicFile(), backend),
                            Optional.empty(),
                            new Silent());
            expected = outcome.probe().predict(transformer, examples);
            ModelExport.write(
                    model,
                    ModelExport.formatFor(Toys.CONFIG),
                    transformer,
                    Optional.empty(),
                    ModelExport.sample(Toys.CONFIG));
            ProbeStore.write(directory, outcome.probe(), new AtomicFile());
        }
        try (Backend backend = new CpuBackend(2);
                Parameters parameters = ModelDirectory.load(model, backend)) {
            Transformer again = new Transformer(backend, parameters.config(), parameters);
            Probe probe = ProbeStore.read(directory, parameters.config());
            assertThat(probe.predict(again, examples)).isEqualTo(expected);
            // one by one, without the others beside them
            for (int i = 0; i < examples.size(); i++) {
                assertThat(probe.predict(again, examples.subList(i, i + 1))).isEqualTo(expected.subList(i, i + 1));
            }
        }
    }

    @Test
    void whatCannotBeTunedIsRefused() {
        ProbeData data = Toys.data(60, 5);
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = Toys.parameters(backend, 2)) {
            Transformer model = new Transformer(backend, Toys.CONFIG, parameters);
            Probe probe = probe(model, new Pool.Mean(), data);
            FineTuneSpec above = new FineTuneSpec(Optional.of(List.of(2)), false, 60, 16, 3e-3, 10, 50, 60);
            assertThatThrownBy(() -> new FineTuning(parameters, Set.of(), model, probe, data, above, 1))
                    .hasMessage("block 2 is not below the probe: its highest site has blocks 0..1 below it");
            FineTuneSpec nothing = new FineTuneSpec(Optional.of(List.of()), false, 60, 16, 3e-3, 10, 50, 60);
            assertThatThrownBy(() -> new FineTuning(parameters, Set.of(), model, probe, data, nothing, 1))
                    .hasMessageContaining("nothing to train");
            Probe inside = new Probe(
                    List.of(Site.of(Site.Kind.ATTN_OUT, 0), Site.of(Site.Kind.ATTN_OUT, 1)),
                    new Pool.Mean(),
                    probe.classes(),
                    probe.standardizer(),
                    probe.head());
            assertThatThrownBy(() -> new FineTuning(parameters, Set.of(), model, inside, data, SPEC, 1))
                    .hasMessageContaining("blocks.0.hook_attn_out is not on the residual stream");
        }
    }

    /** All numbers that fine-tuning ends with, once interrupted and once resumed. */
    private Map<String, String> tuned(Path place, long stop, int threads) throws IOException {
        ProbeData data = Toys.data(120, 5);
        Probe start;
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = Toys.parameters(backend, 2)) {
            start = probe(new Transformer(backend, Toys.CONFIG, parameters), new Pool.Mean(), data);
        }
        for (long until : new long[] {stop, Long.MAX_VALUE}) {
            try (Backend backend = new CpuBackend(threads);
                    Parameters parameters = Toys.parameters(backend, 2)) {
                Checkpoints checkpoints = new Checkpoints(place, new AtomicFile(), backend);
                Transformer model = new Transformer(backend, Toys.CONFIG, parameters);
                FineTuning tuning = new FineTuning(parameters, Set.of(), model, start, data, SPEC, 1);
                FineTuning.Outcome outcome =
                        tuning.run(checkpoints, checkpoints.latest(warning -> {}), new Silent(until));
                Map<String, String> bits = new LinkedHashMap<>();
                download(parameters).forEach((name, values) -> bits.put(name, Arrays.toString(values)));
                for (int i = 0; i < 4; i++) {
                    bits.put("head " + i, Arrays.toString(outcome.probe().head().weight(i)));
                }
                bits.put("measure", outcome.measure().toString());
                return bits;
            } catch (Stopped e) {
                assertThat(until).isEqualTo(stop);
            }
        }
        throw new IllegalStateException("the second run was stopped as well");
    }

    private static Probe probe(Transformer model, Pool pool, ProbeData data) {
        HeadSpec head = new HeadSpec(6, 10, 64, 1e-2, 1e-3, 5, 5);
        ProbeSpec spec = new ProbeSpec(List.of("a"), pool, head, ProbeData.Shares.defaults(), 1, 0);
        return new ProbeStudy(spec, what -> {})
                .run(model, SITES, 0.4, data, new ProbeStudy.Words("p", "p", "toy"), 1)
                .probe();
    }

    private static double loss(Transformer model, Probe probe, ProbeData data) {
        Matrix features = new Features(model, probe.sites(), probe.pool()).of(data.examples(Part.VALIDATION));
        return probe.head().loss(probe.standardizer().apply(features), data.labels(Part.VALIDATION));
    }

    private static Map<String, float[]> download(Parameters parameters) {
        Map<String, float[]> values = new LinkedHashMap<>();
        try (Backend backend = new CpuBackend(1)) {
            parameters.byName().forEach((name, tensor) -> values.put(name, backend.download(tensor)));
        }
        return values;
    }

    /** Stands for the end of the process. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static final class Silent implements TrainListener {
        private final long until;

        Silent() {
            this(Long.MAX_VALUE);
        }

        Silent(long until) {
            this.until = until;
        }

        @Override
        public void onStep(long step, double loss, double lr, long tokens) {
            if (step >= until) {
                throw new Stopped();
            }
        }

        @Override
        public void onEvaluation(long step, double trainLoss, double lr, Evaluation evaluation) {}

        @Override
        public void beforeCheckpoint(long step) {}
    }
}
