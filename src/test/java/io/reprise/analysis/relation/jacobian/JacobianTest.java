package io.reprise.analysis.relation.jacobian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.Linearization;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.model.Activations;
import io.reprise.model.Golden;
import io.reprise.model.Intervention;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.Residency;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All methods against central differences and each other, from every kind of end to every other, at any two positions. */
class JacobianTest {
    /** Central differences with step 1e-4: truncation 1e-8·f''', rounding 1e-16·|z|/1e-4; entries are of order 0.1 to 1. */
    private static final double DIFFERENCES = 1e-6;

    /** Two ways through up to four blocks in float64. */
    private static final double AGREEMENT = 1e-12;

    /** The same in float32. */
    private static final double AGREEMENT32 = 2e-5;

    private static final int LENGTH = 9;

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gpt2-relu-untied", "gpt-neo", "gpt-neox", "gpt-neox-sequential"})
    void everyMethodGivesTheCentralDifferencesBetweenAnyTwoEnds(String name) throws IOException {
        try (Backend backend = new Nd4jBackend(DType.FLOAT64);
                ModelDirectory directory = ModelDirectory.open(new Golden(name).directory())) {
            Transformer model = directory.transformer(backend, Residency.ALL);
            int[][] positions = {{4, LENGTH - 1}, {5, 5}, {2, 6}, {0, 1}};
            int turn = 0;
            for (Ends ends : ends(model.config())) {
                boolean apart = between(ends, model.config()) > 0; // else z depends on its own position only
                for (int[] at :
                        new int[][] {positions[apart ? 2 * (turn++ % 2) : 1], positions[apart ? 1 + 2 * (turn % 2) : 1]
                        }) {
                    RealMatrix expected = differences(model, ends, at[0], at[1]);
                    for (JacobianMethod method : List.of(JacobianMethod.PUSHFORWARD, JacobianMethod.PULLBACK)) {
                        RealMatrix jacobian = jacobian(model, method, ends, at[0], at[1]);
                        String what = ends + " at " + Arrays.toString(at) + " by " + method;
                        Golden.checkClose(what, flat(jacobian), flat(expected), DIFFERENCES);
                    }
                }
            }
        }
    }

    private static int between(Ends ends, ModelConfig config) {
        return (ends.to().equals(End.LN_FINAL) ? config.nLayers() : ends.to().blocks())
                - ends.from().blocks();
    }

    private static List<Ends> ends(ModelConfig config) {
        List<End> all = new ArrayList<>(List.of(End.EMBED));
        for (int layer = -1; layer < config.nLayers(); layer++) {
            all.add(End.after(layer));
        }
        all.add(End.LN_FINAL);
        List<Ends> pairs = new ArrayList<>();
        for (End from : all) {
            for (End to : all) {
                boolean embeddings = to.kind() == End.Kind.STREAM && to.blocks() == 0;
                boolean top = to.equals(End.LN_FINAL) || to.blocks() >= config.nLayers() - 1;
                if (from.compareTo(to) < 0 && !embeddings && top && (from.blocks() < 2 || to.equals(End.LN_FINAL))) {
                    pairs.add(new Ends(from, to));
                }
            }
        }
        return pairs;
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gpt-neo", "gpt-neox", "gpt-neox-sequential"})
    void theMethodsAgreeInEitherPrecision(String name) throws IOException {
        try (Backend cpu = new CpuBackend(2);
                Backend nd4j = new Nd4jBackend(DType.FLOAT64);
                ModelDirectory directory = ModelDirectory.open(new Golden(name).directory())) {
            Ends ends = Ends.toLast(End.after(0), directory.config());
            for (Backend backend : List.of(cpu, nd4j)) {
                double tolerance = backend == cpu ? AGREEMENT32 : AGREEMENT;
                Transformer model = directory.transformer(backend, Residency.ALL);
                RealMatrix rows = jacobian(model, JacobianMethod.ROWS, ends, 3, LENGTH - 1);
                for (JacobianMethod method : List.of(JacobianMethod.PUSHFORWARD, JacobianMethod.PULLBACK)) {
                    RealMatrix other = jacobian(model, method, ends, 3, LENGTH - 1);
                    Golden.checkClose(name + " " + method, flat(other), flat(rows), tolerance);
                }
            }
        }
    }

    /** Each vector's bits depend on nothing that goes along with it. */
    @ParameterizedTest
    @CsvSource({"PUSHFORWARD, 1", "PUSHFORWARD, 3", "PULLBACK, 2", "ROWS, 2"})
    void piecesMemoryAndThreadsChangeNoBit(JacobianMethod method, int threads) throws IOException {
        try (Backend two = new CpuBackend(2);
                Backend others = new CpuBackend(threads);
                ModelDirectory directory = ModelDirectory.open(new Golden("gpt-neo").directory())) {
            Ends ends = Ends.toLast(End.after(0), directory.config());
            RealMatrix whole = jacobian(directory.transformer(two, Residency.ALL), method, ends, 3, LENGTH - 1);
            Transformer again = directory.transformer(others, Residency.ONE_LAYER);
            TransformerSubject subject = TransformerSubject.of(again, options(method, 1));
            SubjectPrompt prompt = prompt(again.config(), 3, LENGTH);
            boolean columns = method == JacobianMethod.PUSHFORWARD;
            for (int[] piece : new int[][] {{0, 1}, {1, 14}, {14, 32}}) {
                RealMatrix some = subject.columns(prompt, ends, LENGTH - 1, piece[0], piece[1])
                        .jacobian();
                for (int i = piece[0]; i < piece[1]; i++) {
                    assertThat(columns ? some.getColumn(i - piece[0]) : some.getRow(i - piece[0]))
                            .isEqualTo(columns ? whole.getColumn(i) : whole.getRow(i));
                }
            }
        }
    }

    @Test
    void whatFollowsThePositionOfZHasNoInfluence() throws IOException {
        try (Backend backend = new CpuBackend(2);
                ModelDirectory directory = ModelDirectory.open(new Golden("gpt2").directory())) {
            Transformer model = directory.transformer(backend, Residency.ALL);
            Ends ends = Ends.toLast(End.after(0), model.config());
            TransformerSubject subject = TransformerSubject.of(model, JacobianOptions.defaults());
            Linearization longer = subject.linearize(prompt(model.config(), 2, LENGTH), ends, 5);
            Linearization shorter = subject.linearize(prompt(model.config(), 2, 6), ends);
            assertThat(longer.jacobian()).isEqualTo(shorter.jacobian());
            assertThat(longer.state().z()).isEqualTo(shorter.state().z());
            assertThat(longer.bias()).isEqualTo(shorter.bias());
        }
    }

    /** With and without positions h differs, the Jacobian doesn't: a sum's derivative is the identity. */
    @Test
    void theEmbeddingAloneAndWithItsPositionAreEndsOfTheirOwn() throws IOException {
        try (Backend backend = new CpuBackend(1);
                ModelDirectory directory = ModelDirectory.open(new Golden("gpt2").directory())) {
            Transformer model = directory.transformer(backend, Residency.ALL);
            TransformerSubject subject = TransformerSubject.of(model, JacobianOptions.defaults());
            SubjectPrompt prompt = prompt(model.config(), 4, LENGTH);
            Linearization alone = subject.linearize(prompt, Ends.toLast(End.EMBED, model.config()));
            Linearization both = subject.linearize(prompt, Ends.toLast(End.after(-1), model.config()));
            assertThat(alone.jacobian()).isEqualTo(both.jacobian());
            assertThat(alone.state().h()).isEqualTo(subject.embedding(prompt.tokens()[4])[0]);
            assertThat(alone.state().h()).isNotEqualTo(both.state().h());
            assertThat(alone.bias()).isNotEqualTo(both.bias());
        }
    }

    @Test
    void progressCountsEveryVectorInEveryBlockOnce() throws IOException {
        try (Backend backend = new CpuBackend(1);
                ModelDirectory directory = ModelDirectory.open(new Golden("gpt-neo").directory())) {
            Transformer model = directory.transformer(backend, Residency.ALL);
            for (JacobianMethod method : JacobianMethod.values()) {
                AtomicLong last = new AtomicLong();
                TransformerSubject subject =
                        TransformerSubject.of(model, new JacobianOptions(method, 1, (done, total) -> {
                            assertThat(done).isGreaterThan(last.get());
                            assertThat(total).isEqualTo(3 * 32);
                            last.set(done);
                        }));
                subject.linearize(prompt(model.config(), 3, LENGTH), Ends.toLast(End.after(0), model.config()));
                assertThat(last).hasValue(3 * 32);
            }
        }
    }

    @Test
    void refusesWhatHasNoJacobianWorthTheName() throws IOException {
        assertThatThrownBy(() -> new Ends(End.after(3), End.after(3))).hasMessageContaining("identity");
        assertThatThrownBy(() -> new Ends(End.LN_FINAL, End.LN_FINAL)).hasMessageContaining("identity");
        assertThatThrownBy(() -> new Ends(End.after(3), End.after(2))).hasMessageContaining("down");
        assertThatThrownBy(() -> new SubjectPrompt(new int[] {1, 2}, 2)).hasMessageContaining("0..1");
        try (Backend backend = new CpuBackend(1);
                ModelDirectory directory = ModelDirectory.open(new Golden("gpt2").directory())) {
            Transformer model = directory.transformer(backend, Residency.ALL);
            ModelConfig config = model.config();
            TransformerSubject subject = TransformerSubject.of(model, JacobianOptions.defaults());
            SubjectPrompt prompt = prompt(config, 4, LENGTH);
            assertThatThrownBy(() -> subject.linearize(prompt, Ends.toLast(End.after(0), config), 3))
                    .hasMessageContaining("causal");
            assertThatThrownBy(() -> subject.linearize(prompt, new Ends(End.after(1), End.LN_FINAL)))
                    .hasMessageContaining("no block lies between");
            assertThatThrownBy(() -> End.parse("2", config)).hasMessageContaining("0..1");
            assertThatThrownBy(() -> End.parse("blocks.1.attn", config)).hasMessageContaining("inside a block");
            assertThatThrownBy(() -> End.parse("top", config)).hasMessageContaining("embed+pos");
            assertThatThrownBy(() -> subject.linearize(
                            new SubjectPrompt(new int[config.nCtx() + 1], 1), Ends.toLast(End.after(0), config)))
                    .hasMessageContaining("n_ctx");
            Jacobian jacobian = new Jacobian(model, Ends.toLast(End.after(0), config), JacobianOptions.defaults());
            Activations.Value broken = Activations.Value.of(Shape.of(2, 32), new double[64]);
            broken.data()[40] = Double.NaN;
            assertThatThrownBy(() -> jacobian.at(broken, 0, 1, 0, 32))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("NaN");
            assertThatThrownBy(() -> jacobian.at(broken, 0, 1, 5, 33)).hasMessageContaining("0..31");
        }
    }

    @Test
    void endsAreReadAsTheyAreWritten() throws IOException {
        try (ModelDirectory directory = ModelDirectory.open(new Golden("gpt-neo").directory())) {
            ModelConfig config = directory.config();
            for (String name : List.of("embed", "embed+pos", "0", "3", "ln_final")) {
                assertThat(End.parse(name, config).name()).isEqualTo(name);
            }
            assertThat(End.parse("emb", config)).isEqualTo(End.EMBED);
            assertThat(End.parse("h.2", config)).isEqualTo(End.after(2));
            assertThat(End.parse("blocks.2.hook_resid_pre", config)).isEqualTo(End.after(1));
            assertThat(End.after(3).site(config)).isEqualTo(Site.of(Site.Kind.RESID_POST, 3));
            assertThat(End.after(2).site(config)).isEqualTo(Site.of(Site.Kind.RESID_PRE, 3));
        }
    }

    private static JacobianOptions options(JacobianMethod method, long bytes) {
        return new JacobianOptions(method, bytes, (done, total) -> {});
    }

    private static SubjectPrompt prompt(ModelConfig config, int subject, int length) {
        int[] ids = new int[length];
        Arrays.setAll(ids, i -> (7 * i + 3) % config.dVocab());
        return new SubjectPrompt(ids, subject);
    }

    private static RealMatrix jacobian(Transformer model, JacobianMethod method, Ends ends, int from, int to) {
        return TransformerSubject.of(model, options(method, 1L << 30))
                .linearize(prompt(model.config(), from, LENGTH), ends, to)
                .jacobian();
    }

    /** By the forward pass alone: h shifted by an intervention. */
    private static RealMatrix differences(Transformer model, Ends ends, int from, int to) {
        int d = model.config().dModel();
        double step = 1e-4;
        Tokens tokens = Tokens.of(prompt(model.config(), from, LENGTH).tokens());
        Site read = ends.to().site(model.config());
        RealMatrix matrix = new org.apache.commons.math3.linear.Array2DRowRealMatrix(d, d);
        for (int j = 0; j < d; j++) {
            double[][] z = new double[2][];
            for (int sign = 0; sign < 2; sign++) {
                int feature = j;
                double shift = sign == 0 ? step : -step;
                Intervention edit = new Intervention(
                        ends.from().site(model.config()),
                        Set.of(from),
                        Set.of(),
                        (sequence, position, head, vector) -> vector[feature] += shift);
                double[] all = model.run(tokens, List.of(read), List.of(edit))
                        .get(read)
                        .data();
                z[sign] = Arrays.copyOfRange(all, to * d, (to + 1) * d);
            }
            for (int i = 0; i < d; i++) {
                matrix.setEntry(i, j, (z[0][i] - z[1][i]) / (2 * step));
            }
        }
        return matrix;
    }

    private static double[] flat(RealMatrix matrix) {
        return Arrays.stream(matrix.getData()).flatMapToDouble(Arrays::stream).toArray();
    }
}
