package io.reprise.model.pretrained;

import io.reprise.backend.Backend;
import io.reprise.backend.CrossEntropy;
import io.reprise.backend.Gradients;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.model.Activations;
import io.reprise.model.AppliedTransformer;
import io.reprise.model.Golden;
import io.reprise.model.Parameters;
import io.reprise.model.Site;
import io.reprise.model.Site.Kind;
import io.reprise.model.Transformer;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import io.reprise.weights.WeightSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Our forward, loss, gradients and Jacobian against PyTorch's, on every backend. */
class GoldenTest {
    /** Rounding of float32 through two to four blocks; the goldens' own rounding to float32 bounds float64. */
    private static final double FLOAT32 = 2e-5;

    private static final double FLOAT64 = 1e-6;

    static Stream<Arguments> models() {
        return Stream.of("gpt2", "gpt2-relu-untied", "gpt-neo", "gpt-neox", "gpt-neox-sequential")
                .flatMap(name -> Stream.of(
                        Arguments.of(name, "cpu", (Supplier<Backend>) () -> new CpuBackend(2), FLOAT32),
                        Arguments.of(
                                name,
                                "nd4j float32",
                                (Supplier<Backend>) () -> new Nd4jBackend(DType.FLOAT32),
                                FLOAT32),
                        Arguments.of(
                                name,
                                "nd4j float64",
                                (Supplier<Backend>) () -> new Nd4jBackend(DType.FLOAT64),
                                FLOAT64)));
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("models")
    void activationsAreTorchs(String name, String backendName, Supplier<Backend> make, double tolerance)
            throws IOException {
        try (Golden golden = new Golden(name);
                Backend backend = make.get();
                Parameters parameters = ModelDirectory.load(golden.directory(), backend)) {
            Transformer model = new Transformer(backend, parameters.config(), parameters);
            List<Site> sites = new ArrayList<>(List.of(Site.of(Kind.LOGITS)));
            for (int layer = 0; layer < model.config().nLayers(); layer++) {
                sites.add(Site.of(Kind.RESID_POST, layer));
                sites.add(Site.of(Kind.PATTERN, layer));
            }
            Activations run = model.run(golden.tokens(), sites);
            golden.check("logits", run.get(Site.of(Kind.LOGITS)).data(), tolerance);
            for (int layer = 0; layer < model.config().nLayers(); layer++) {
                golden.check(
                        "resid_post." + layer,
                        run.get(Site.of(Kind.RESID_POST, layer)).data(),
                        tolerance);
                golden.check(
                        "pattern." + layer,
                        run.get(Site.of(Kind.PATTERN, layer)).data(),
                        tolerance);
            }
        }
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("models")
    void lossAndEveryGradientAreTorchs(String name, String backendName, Supplier<Backend> make, double tolerance)
            throws IOException {
        try (Golden golden = new Golden(name);
                Backend backend = make.get();
                ModelDirectory directory = ModelDirectory.open(golden.directory());
                Parameters parameters = directory.parameters(backend);
                Scope scope = backend.scope()) {
            WeightTable table = directory.table();
            Transformer model = new Transformer(backend, parameters.config(), parameters);
            AppliedTransformer applied = model.apply(golden.tokens());
            CrossEntropy loss = backend.crossEntropy(applied.logits(), golden.nextTokens());
            golden.check("loss", new double[] {loss.sum() / loss.count()}, tolerance);
            IdentityHashMap<Tensor, Tensor> gradients = new IdentityHashMap<>();
            parameters.byName().values().forEach(w -> gradients.put(w, backend.zeros(w.shape())));
            applied.pullback(loss.pullback(1.0 / loss.count()), w -> Optional.ofNullable(gradients.get(w)));
            try (WeightSource expected = golden.gradients()) {
                NamedWeights byTorchsName = new NamedWeights(expected, table, "the gradients of torch");
                for (Slot slot : table.slots()) {
                    Tensor ours = gradients.get(parameters.get(slot.parameter()));
                    if (!slot.sources().isEmpty()) {
                        float[] torchs = new float[ours.shape().size()];
                        byTorchsName.fill(slot, torchs, backend::parallel);
                        Golden.checkClose(slot.parameter(), backend.downloadDoubles(ours), widened(torchs), tolerance);
                    }
                }
            }
        }
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("models")
    void pushforwardAndPullbackGiveTorchsJacobian(
            String name, String backendName, Supplier<Backend> make, double tolerance) throws IOException {
        try (Golden golden = new Golden(name);
                Backend backend = make.get();
                Parameters parameters = ModelDirectory.load(golden.directory(), backend);
                Scope scope = backend.scope()) {
            AppliedTransformer applied = new Transformer(backend, parameters.config(), parameters)
                    .apply(golden.tokens().sequences(0, 1));
            int d = parameters.config().dModel();
            int length = golden.tokens().length();
            int from = (int) golden.expected().readLongs("jacobian_at")[1];
            double[] tangents = new double[d * length * d];
            double[] cotangents = new double[d * length * d];
            for (int i = 0; i < d; i++) {
                tangents[(i * length + from) * d + i] = 1;
                cotangents[(i * length + length - 1) * d + i] = 1;
            }
            Shape shape = Shape.of(d * length, d);
            // the golden's Jacobian runs from the output of block 0 to the output of the last block, row = output
            Tensor pushedForward = backend.upload(shape, tangents);
            for (int layer = 1; layer < applied.blocks().size(); layer++) {
                pushedForward = applied.blocks().get(layer).pushforward(pushedForward);
            }
            Tensor pulledBack = backend.upload(shape, cotangents);
            for (int layer = applied.blocks().size() - 1; layer > 0; layer--) {
                pulledBack = applied.blocks().get(layer).pullback(pulledBack, Gradients.NONE);
            }
            double[] pushed = backend.downloadDoubles(pushedForward);
            double[] pulled = backend.downloadDoubles(pulledBack);
            double[] byPushforward = new double[d * d];
            double[] byPullback = new double[d * d];
            for (int out = 0; out < d; out++) {
                for (int in = 0; in < d; in++) {
                    byPushforward[out * d + in] = pushed[(in * length + length - 1) * d + out];
                    byPullback[out * d + in] = pulled[(out * length + from) * d + in];
                }
            }
            golden.check("jacobian", byPushforward, tolerance);
            golden.check("jacobian", byPullback, tolerance);
        }
    }

    private static double[] widened(float[] values) {
        double[] widened = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            widened[i] = values[i];
        }
        return widened;
    }
}
