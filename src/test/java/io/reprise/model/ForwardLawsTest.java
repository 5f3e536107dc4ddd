package io.reprise.model;

import static io.reprise.model.ToyShape.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.Site.Kind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold for the forward pass of every toy, bit for bit where nothing is computed another way. */
class ForwardLawsTest {
    private static final Backend BACKEND = new CpuBackend(1);
    private static final int BATCH = 2;
    private static final int LENGTH = 5;
    private static final Tokens TOKENS = ToyShape.tokens(BATCH, LENGTH, 2);

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#all")
    void aLaterTokenChangesNoEarlierLogit(ToyShape toy) {
        try (Scope scope = BACKEND.scope()) {
            Transformer model = toy.random(BACKEND);
            int vocabulary = toy.config().dVocab();
            double[] before = logits(model, TOKENS);
            for (int position = 0; position < LENGTH; position++) {
                int[] ids = TOKENS.ids().clone();
                ids[position] = (ids[position] + 1) % vocabulary;
                double[] after = logits(model, new Tokens(ids, BATCH, LENGTH));
                int from = position * vocabulary;
                assertSameBits(
                        "logits before position " + position, Arrays.copyOf(after, from), Arrays.copyOf(before, from));
                assertThat(Arrays.copyOfRange(after, from, from + vocabulary))
                        .isNotEqualTo(Arrays.copyOfRange(before, from, from + vocabulary));
                int other = LENGTH * vocabulary;
                assertSameBits(
                        "logits of the other sequence",
                        Arrays.copyOfRange(after, other, 2 * other),
                        Arrays.copyOfRange(before, other, 2 * other));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#all")
    void paddingAndCompanyChangeNothing(ToyShape toy) {
        try (Scope scope = BACKEND.scope()) {
            Transformer model = toy.random(BACKEND);
            int vocabulary = toy.config().dVocab();
            int length = 3;
            int padded = toy.config().nCtx();
            int[] ids = ToyShape.tokens(4, padded, 3).ids();
            double[] together = logits(model, new Tokens(ids, 4, padded));
            for (int sequence = 0; sequence < 4; sequence++) {
                int start = sequence * padded;
                double[] alone = logits(model, Tokens.of(Arrays.copyOfRange(ids, start, start + length)));
                assertSameBits(
                        "sequence " + sequence,
                        Arrays.copyOfRange(together, start * vocabulary, (start + length) * vocabulary),
                        alone);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#all")
    void exactlyTheSitesAskedForComeBackInTheirShapesAndChangeNothing(ToyShape toy) {
        try (Scope scope = BACKEND.scope()) {
            Transformer model = toy.random(BACKEND);
            List<Site> sites = Site.all(toy.config());
            Activations all = model.run(TOKENS, sites);
            assertThat(all.sites()).containsExactlyElementsOf(sites);
            assertSameBits("logits", all.get(Site.of(Kind.LOGITS)).data(), logits(model, TOKENS));
            assertThat(sites).isSorted();
            for (Site site : sites) {
                Activations alone = model.run(TOKENS, List.of(site));
                assertThat(alone.sites()).containsExactly(site);
                Activations.Value value = alone.get(site);
                assertThat(value.shape()).isEqualTo(site.shape(toy.config(), BATCH, LENGTH));
                assertThat(value.data()).hasSize(value.shape().size());
                assertThat(site.kind().axes().split(",")).hasSize(value.shape().rank());
                assertSameBits(site.name(), value.data(), all.get(site).data());
                assertThat(Site.parse(site.name(), toy.config())).isEqualTo(site);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#all")
    void resumedFromAnyLayerIsTheWholeRun(ToyShape toy) {
        try (Scope scope = BACKEND.scope()) {
            Transformer model = toy.random(BACKEND);
            List<Site> sites = Site.all(toy.config());
            Activations whole = model.run(TOKENS, sites);
            int layers = toy.config().nLayers();
            for (int layer = 0; layer <= layers; layer++) {
                Activations.Value residual = layer < layers
                        ? whole.get(Site.of(Kind.RESID_PRE, layer))
                        : layers == 0 ? embedded(toy, whole) : whole.get(Site.of(Kind.RESID_POST, layers - 1));
                int from = layer;
                List<Site> later = sites.stream()
                        .filter(site -> site.kind().inBlock()
                                ? site.layer() >= from
                                : site.kind() == Kind.LN_FINAL || site.kind() == Kind.LOGITS)
                        .toList();
                Activations resumed = model.resume(layer, residual, later, List.of());
                assertThat(resumed.sites()).containsExactlyElementsOf(later);
                later.forEach(site -> assertSameBits(
                        site.name(), resumed.get(site).data(), whole.get(site).data()));
            }
        }
    }

    private static Activations.Value embedded(ToyShape toy, Activations whole) {
        Activations.Value embed = whole.get(Site.of(Kind.EMBED));
        return toy.config().positions() == ModelConfig.Positions.LEARNED
                ? new Activations.Value(embed.shape(), sum(embed, whole.get(Site.of(Kind.POS_EMBED))))
                : embed;
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#withLayers")
    void theResidualStreamIsTheSumOfWhatIsWrittenToIt(ToyShape toy) {
        ModelConfig config = toy.config();
        try (Scope scope = BACKEND.scope()) {
            Activations run = toy.random(BACKEND).run(TOKENS, Site.all(config));
            double[] start = embedded(toy, run).data();
            for (int layer = 0; layer < config.nLayers(); layer++) {
                Activations.Value pre = run.get(Site.of(Kind.RESID_PRE, layer));
                assertSameBits("resid_pre", pre.data(), start);
                double[] mid = sum(pre, run.get(Site.of(Kind.ATTN_OUT, layer)));
                Activations.Value post = run.get(Site.of(Kind.RESID_POST, layer));
                if (config.attnOnly()) {
                    assertSameBits("resid_post", post.data(), mid);
                } else {
                    if (!config.parallelAttnMlp()) {
                        assertSameBits(
                                "resid_mid",
                                run.get(Site.of(Kind.RESID_MID, layer)).data(),
                                mid);
                    }
                    assertSameBits(
                            "resid_post",
                            post.data(),
                            sum(new Activations.Value(pre.shape(), mid), run.get(Site.of(Kind.MLP_OUT, layer))));
                }
                start = post.data();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#withLayers")
    void theResultsOfTheHeadsAndTheBiasAddUpToTheAttentionOutput(ToyShape toy) {
        ModelConfig config = toy.config();
        try (Scope scope = BACKEND.scope()) {
            Transformer model = toy.random(BACKEND);
            Activations run = model.run(TOKENS, Site.all(config));
            for (int layer = 0; layer < config.nLayers(); layer++) {
                double[] bias = BACKEND.downloadDoubles(
                        model.weights().block(layer).outBias().orElseThrow());
                Activations.Value result = run.get(Site.of(Kind.RESULT, layer));
                double[] sums = new double[TOKENS.rows() * config.dModel()];
                for (int i = 0; i < sums.length; i++) {
                    int row = i / config.dModel();
                    int feature = i % config.dModel();
                    sums[i] = bias[feature];
                    for (int head = 0; head < config.nHeads(); head++) {
                        sums[i] += result.at(row / LENGTH, row % LENGTH, head, feature);
                    }
                }
                // float32 rounds after each of a handful of terms
                Golden.checkClose(
                        "attn_out", run.get(Site.of(Kind.ATTN_OUT, layer)).data(), sums, 1e-6);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#withLayers")
    void scoresPatternAndMixedValuesFollowFromQueriesKeysAndValues(ToyShape toy) {
        ModelConfig config = toy.config();
        boolean rotary = config.positions() == ModelConfig.Positions.ROTARY;
        try (Scope scope = BACKEND.scope()) {
            Activations run = toy.random(BACKEND).run(TOKENS, Site.all(config));
            for (int layer = 0; layer < config.nLayers(); layer++) {
                Activations.Value q = run.get(Site.of(rotary ? Kind.ROT_Q : Kind.Q, layer));
                Activations.Value k = run.get(Site.of(rotary ? Kind.ROT_K : Kind.K, layer));
                Activations.Value v = run.get(Site.of(Kind.V, layer));
                Activations.Value scores = run.get(Site.of(Kind.ATTN_SCORES, layer));
                Activations.Value pattern = run.get(Site.of(Kind.PATTERN, layer));
                Activations.Value z = run.get(Site.of(Kind.Z, layer));
                for (int row = 0; row < BATCH * config.nHeads() * LENGTH; row++) {
                    int sequence = row / LENGTH / config.nHeads();
                    int head = row / LENGTH % config.nHeads();
                    int query = row % LENGTH;
                    double[] mixed = new double[config.dHead()];
                    double total = 0;
                    double weights = 0;
                    for (int key = 0; key <= query; key++) {
                        total += Math.exp(scores.at(sequence, head, query, key));
                    }
                    for (int key = 0; key < LENGTH; key++) {
                        double weight = pattern.at(sequence, head, query, key);
                        if (key > query) {
                            assertThat(weight).isZero();
                            assertThat(scores.at(sequence, head, query, key)).isEqualTo(Double.NEGATIVE_INFINITY);
                            continue;
                        }
                        double score = 0;
                        for (int i = 0; i < config.dHead(); i++) {
                            score += q.at(sequence, query, head, i) * k.at(sequence, key, head, i);
                            mixed[i] += weight * v.at(sequence, key, head, i);
                        }
                        score *= config.attnScales().get(layer);
                        assertThat(scores.at(sequence, head, query, key)).isCloseTo(score, within(1e-5));
                        assertThat(weight).isCloseTo(Math.exp(score) / total, within(1e-5));
                        weights += weight;
                    }
                    assertThat(weights).isCloseTo(1, within(1e-6));
                    for (int i = 0; i < config.dHead(); i++) {
                        assertThat(z.at(sequence, query, head, i)).isCloseTo(mixed[i], within(1e-5));
                    }
                }
            }
        }
    }

    private static double[] logits(Transformer model, Tokens tokens) {
        try (Scope scope = BACKEND.scope()) {
            return BACKEND.downloadDoubles(model.logits(tokens));
        }
    }

    /** Rounded as float32 adds. */
    private static double[] sum(Activations.Value a, Activations.Value b) {
        double[] sums = new double[a.data().length];
        Arrays.setAll(sums, i -> (float) (a.data()[i] + b.data()[i]));
        return sums;
    }
}
