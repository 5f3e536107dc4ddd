package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.reprise.analysis.lens.LensSpec;
import io.reprise.analysis.lens.Statistic;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.Layout;
import io.reprise.backend.Scope;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.model.Activations;
import io.reprise.model.BlockWeights;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Site.Kind;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.report.LensFiles;
import io.reprise.report.LensView;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import io.reprise.text.Tokenizer;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Published numbers of the real GPT-2 small, whose directory {@code -Dweights.gpt2} gives; too large to come with the project. */
@Tag("weights")
class RealGpt2Test {
    private static final int MEMBERS = 4;
    private static final int HIGHEST = 100;

    private static OpenModel open;

    @BeforeAll
    static void start() throws IOException {
        String directory = System.getProperty("weights.gpt2", "");
        if (directory.isEmpty()) {
            System.out.println(
                    "skipped: give -Dweights.gpt2=DIR, the directory of the real GPT-2 small (config.json and"
                            + " model.safetensors or pytorch_model.bin), to check published numbers of it");
        }
        assumeTrue(!directory.isEmpty(), "no -Dweights.gpt2");
        open = OpenModel.open(Path.of(directory), BackendChoice.CPU, 2, false, note -> {});
    }

    @AfterAll
    static void stop() throws IOException {
        if (open != null) {
            open.close();
        }
    }

    /** Hernandez et al. 2023, "Linearity of Relation Decoding", their own test of their code. */
    @Test
    void romeIsInItaly() throws IOException {
        Tokenizer tokenizer = open.tokenizer().orElseThrow();
        int[] prompt = tokenizer.encode("Rome is located in the country of");
        int[] italy = tokenizer.encode(" Italy");
        assertThat(italy).hasSize(1);
        Site logits = Site.of(Kind.LOGITS);
        Activations.Value value =
                open.model().run(Tokens.of(prompt), List.of(logits)).get(logits);
        double sum = 0;
        double most = Arrays.stream(value.data()).max().orElseThrow();
        for (int token = 0; token < open.model().config().dVocab(); token++) {
            sum += Math.exp(value.at(0, prompt.length - 1, token) - most);
        }
        assertThat(Math.exp(value.at(0, prompt.length - 1, italy[0]) - most) / sum)
                .isCloseTo(0.07232, within(0.001)); // the tolerance of the published test
    }

    /**
     * Lan et al. 2024, "Towards Interpretable Sequence Continuation", head 9.1 on the 97 runs of four numerals up to 100: the
     * share of the 388 members whose successor (and which themselves) are among the OV circuit's five best tokens. A share of 388
     * has steps of 0.26 %; the published prompts' exact text isn't recorded, so a few members may differ.
     */
    @Test
    void head91ContinuesNumerals() throws IOException {
        Tokenizer tokenizer = open.tokenizer().orElseThrow();
        int[] numerals = IntStream.rangeClosed(1, HIGHEST + 1)
                .map(n -> one(tokenizer.encode(" " + n)))
                .toArray();
        int runs = HIGHEST - MEMBERS + 1;
        int[] ids = new int[runs * MEMBERS];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = numerals[i / MEMBERS + i % MEMBERS];
        }
        int[][] best = bestOfOv(open.model(), 9, 1, new Tokens(ids, runs, MEMBERS), 5);
        int next = 0;
        int copy = 0;
        for (int i = 0; i < ids.length; i++) {
            int member = i / MEMBERS + i % MEMBERS;
            int successor = numerals[member + 1];
            int itself = ids[i];
            next += Arrays.stream(best[i]).anyMatch(token -> token == successor) ? 1 : 0;
            copy += Arrays.stream(best[i]).anyMatch(token -> token == itself) ? 1 : 0;
        }
        assertThat(100.0 * next / ids.length).as("next").isCloseTo(87.37, within(3.0));
        assertThat(100.0 * copy / ids.length).as("copy").isCloseTo(59.28, within(3.0));
    }

    @Test
    void aLensReportIsWritten() throws IOException {
        Path page = Path.of("target", "weights", "gpt2-lens.html");
        java.nio.file.Files.createDirectories(page.getParent());
        LensView view = TraceLens.trace(
                new TraceLens.Request(
                        open.path(),
                        new TraceLens.Given(
                                Optional.of("January February March April"), Optional.empty(), Optional.empty()),
                        LensSpec.defaults(),
                        Optional.empty(),
                        Statistic.PROBABILITY,
                        false,
                        1,
                        false,
                        BackendChoice.CPU,
                        2),
                new PromptEvents() {
                    @Override
                    public void at(int done, int prompts) {}

                    @Override
                    public void note(String note) {}
                });
        assertThat(LensFiles.write(view, page, new AtomicFile())).contains(page);
        assertThat(page).isNotEmptyFile();
    }

    private static int one(int[] ids) {
        assertThat(ids).hasSize(1);
        return ids[0];
    }

    /** The best tokens of ln_final(ln1(resid after block 0)·W_V·W_O)·W_U, with ln1 of block 1, as the publication has it. */
    private static int[][] bestOfOv(Transformer model, int layer, int head, Tokens tokens, int k) {
        Backend backend = model.backend();
        ModelConfig c = model.config();
        int width = c.nHeads() * c.dHead();
        int first = head * c.dHead();
        Site site = Site.of(Kind.RESID_POST, 0);
        try (Scope scope = backend.scope()) {
            double[] stream = model.run(tokens, List.of(site)).get(site).data();
            Tensor x = backend.upload(Shape.of(tokens.rows(), c.dModel()), stream);
            Tensor normed = norm(backend, x, model.weights().block(1).ln1().orElseThrow(), c);
            BlockWeights block = model.weights().block(layer);
            Tensor qkv = backend.linear(normed, block.qkvWeight(), Layout.IN_OUT, block.qkvBias(), Activation.NONE)
                    .value();
            Tensor v = backend.columns(qkv, 2 * width + first, 2 * width + first + c.dHead());
            Tensor out = backend.rows(
                    block.outWeight(), IntStream.range(first, first + c.dHead()).toArray());
            Tensor written = norm(
                    backend, backend.matmul(v, out), model.weights().lnFinal().orElseThrow(), c);
            float[] logits = backend.download(model.weights().unembed(written).value());
            int[][] best = new int[tokens.rows()][];
            for (int row = 0; row < best.length; row++) {
                int from = row * c.dVocab();
                best[row] = IntStream.range(0, c.dVocab())
                        .boxed()
                        .sorted((a, b) -> Float.compare(logits[from + b], logits[from + a]))
                        .limit(k)
                        .mapToInt(Integer::intValue)
                        .toArray();
            }
            return best;
        }
    }

    private static Tensor norm(Backend backend, Tensor x, BlockWeights.Norm norm, ModelConfig c) {
        return backend.layerNorm(x, Optional.of(norm.gain()), Optional.of(norm.bias()), c.eps())
                .value();
    }
}
