package io.reprise.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.backend.Backend;
import io.reprise.backend.CrossEntropy;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.model.Site.Kind;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
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
class Gpt2GoldenTest {
    /** Rounding of float32 through two blocks; the goldens' own rounding to float32 bounds float64. */
    private static final double FLOAT32 = 2e-5;

    private static final double FLOAT64 = 1e-6;

    static Stream<Arguments> models() {
        return Stream.of("gpt2", "gpt2-relu-untied")
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
                Parameters parameters = ModelDirectory.load(golden.directory(), backend);
                Scope scope = backend.scope()) {
            Transformer model = new Transformer(backend, parameters.config(), parameters);
            AppliedTransformer applied = model.apply(golden.tokens());
            CrossEntropy loss = backend.crossEntropy(applied.logits(), golden.nextTokens());
            golden.check("loss", new double[] {loss.sum() / loss.count()}, tolerance);
            IdentityHashMap<Tensor, Tensor> gradients = new IdentityHashMap<>();
            parameters.byName().values().forEach(w -> gradients.put(w, backend.zeros(w.shape())));
            applied.pullback(loss.pullback(1.0 / loss.count()), w -> Optional.ofNullable(gradients.get(w)));
            int checked = 0;
            for (String ours : parameters.byName().keySet()) {
                golden.check(
                        "grad/" + torchName(ours),
                        backend.downloadDoubles(gradients.get(parameters.get(ours))),
                        tolerance);
                checked++;
            }
            long torchs = golden.expected().names().stream()
                    .filter(n -> n.startsWith("grad/"))
                    .count();
            assertThat(checked).as("gradients checked").isEqualTo((int) torchs);
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
            // the golden's Jacobian runs from the output of block 0 to the output of block 1, row = output
            double[] pushed =
                    backend.downloadDoubles(applied.blocks().get(1).pushforward(backend.upload(shape, tangents)));
            double[] pulled = backend.downloadDoubles(applied.blocks()
                    .get(1)
                    .pullback(backend.upload(shape, cotangents), io.reprise.backend.Gradients.NONE));
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

    private static String torchName(String ours) {
        String name = ours.replace("embed.W_E", "wte.weight").replace("pos_embed.W_pos", "wpe.weight");
        if (ours.startsWith("pos_embed")) {
            name = "wpe.weight";
        }
        if (ours.equals("unembed.W_U")) {
            return "lm_head.weight";
        }
        return "transformer."
                + name.replace("blocks.", "h.")
                        .replace("ln_final", "ln_f")
                        .replace("ln1.", "ln_1.")
                        .replace("ln2.", "ln_2.")
                        .replace("attn.W_QKV", "attn.c_attn.weight")
                        .replace("attn.b_QKV", "attn.c_attn.bias")
                        .replace("attn.W_O", "attn.c_proj.weight")
                        .replace("attn.b_O", "attn.c_proj.bias")
                        .replace("mlp.W_in", "mlp.c_fc.weight")
                        .replace("mlp.b_in", "mlp.c_fc.bias")
                        .replace("mlp.W_out", "mlp.c_proj.weight")
                        .replace("mlp.b_out", "mlp.c_proj.bias")
                        .replaceAll("\\.w$", ".weight")
                        .replaceAll("\\.b$", ".bias");
    }
}
