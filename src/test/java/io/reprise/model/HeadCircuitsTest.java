package io.reprise.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Site.Kind;
import io.reprise.tensor.Rng;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeadCircuitsTest {
    private static final Backend BACKEND = new CpuBackend(1);
    private static final int[] BOTH = {0, 1};

    /** Head 1: q = x + y, k = 2x, v = y, written as (v, 3v). Head 0: q = x, k = y, v = x, written as (0, v). */
    private static final Map<String, float[]> BY_HAND = Map.of(
            "embed.W_E", new float[] {1, 2, 3, -1},
            "blocks.0.attn.W_QKV", new float[] {1, 1, 0, 2, 1, 0, 0, 1, 1, 0, 0, 1},
            "blocks.0.attn.W_O", new float[] {0, 1, 1, 3},
            "unembed.W_U", new float[] {1, 0, 1, 1});

    private Scope scope;

    @BeforeEach
    void open() {
        scope = BACKEND.scope();
    }

    @AfterEach
    void closeScope() {
        scope.close();
    }

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @Test
    void aTwoTokenModelHasTheProductsWorkedOutOnPaper() {
        HeadCircuits circuits =
                new HeadCircuits(MicroModel.of(BACKEND, MicroModel.config(2, Normalization.NONE), BY_HAND));
        // tokens (1, 2) and (3, -1): q = 3, 2; k = 2, 6
        assertThat(circuits.qk(0, 1, BOTH)).isDeepEqualTo(new double[][] {{6, 18}, {4, 12}});
        // v = 2, -1, written (2, 6), (-1, -3), read as x and x + y
        assertThat(circuits.ov(0, 1, BOTH)).isDeepEqualTo(new double[][] {{2, 8}, {-1, -4}});
        // head 0: q = 1, 3; k = 2, -1; v = 1, 3, written (0, 1), (0, 3)
        assertThat(circuits.qk(0, 0, BOTH)).isDeepEqualTo(new double[][] {{2, -1}, {6, -3}});
        assertThat(circuits.ov(0, 0, BOTH)).isDeepEqualTo(new double[][] {{0, 1}, {0, 3}});
    }

    @Test
    void rowsAndColumnsFollowTheTokensAskedFor() {
        HeadCircuits circuits =
                new HeadCircuits(MicroModel.of(BACKEND, MicroModel.config(2, Normalization.NONE), BY_HAND));
        assertThat(circuits.qk(0, 1, new int[] {1, 0})).isDeepEqualTo(new double[][] {{12, 4}, {18, 6}});
        assertThat(circuits.ov(0, 1, new int[] {1})).isDeepEqualTo(new double[][] {{-4}});
    }

    @Test
    void aNormsCentringAndGainsAreFoldedIn() {
        Map<String, float[]> weights = new HashMap<>(BY_HAND);
        weights.put("blocks.0.ln1.w", new float[] {2, 4});
        weights.put("ln_final.w", new float[] {1, 3});
        HeadCircuits circuits =
                new HeadCircuits(MicroModel.of(BACKEND, MicroModel.config(2, Normalization.LAYER_NORM), weights));
        // centred (-1/2, 1/2), (2, -2); with gains (-1, 2), (4, -8): q = 1, -4; k = -2, 8
        assertThat(circuits.qk(0, 1, BOTH)).isDeepEqualTo(new double[][] {{-2, 8}, {8, -32}});
        // v = 2, -8, written (2, 6), (-8, -24), centred (-2, 2), (8, -8), with gains (-2, 6), (8, -24)
        assertThat(circuits.ov(0, 1, BOTH)).isDeepEqualTo(new double[][] {{-2, 4}, {8, -16}});
    }

    @Test
    void withoutNormTheyAreTheScoresAndTheEffectOnTheLogitsThatTheModelShows() {
        ModelConfig config =
                ModelConfig.toy(2, 10, 2, 3, 0, 7, 4, Activation.NONE, Normalization.NONE, Positions.NONE, false);
        Transformer model = new Transformer(BACKEND, config, Parameters.initialise(BACKEND, config, 0.5, Rng.of(6)));
        HeadCircuits circuits = new HeadCircuits(model);
        int[] tokens = {5, 0, 3, 6};
        Site logits = Site.of(Kind.LOGITS);
        Site scores = Site.of(Kind.ATTN_SCORES, 0);
        for (int head = 0; head < 2; head++) {
            double[][] qk = circuits.qk(0, head, tokens);
            for (int query = 0; query < tokens.length; query++) {
                for (int key = 0; key < tokens.length; key++) {
                    Activations run = model.run(Tokens.of(tokens[key], tokens[query]), List.of(scores));
                    assertThat(run.get(scores).at(0, head, 1, 0)).isCloseTo(qk[query][key], within(1e-5));
                }
            }
        }
        // a sequence of one token attends wholly to it; the last layer writes to the logits directly
        Site z = Site.of(Kind.Z, 1);
        for (int head = 0; head < 2; head++) {
            double[][] ov = circuits.ov(1, head, tokens);
            Intervention ablation = new Intervention(z, Set.of(), Set.of(head), Intervention.Edit.ZERO);
            for (int attended = 0; attended < tokens.length; attended++) {
                // layer 0 silenced, so that the last layer reads the embedding
                Intervention silence = Intervention.everywhere(Site.of(Kind.ATTN_OUT, 0), Intervention.Edit.ZERO);
                Tokens one = Tokens.of(tokens[attended]);
                Activations.Value with =
                        model.run(one, List.of(logits), List.of(silence)).get(logits);
                Activations.Value without = model.run(one, List.of(logits), List.of(silence, ablation))
                        .get(logits);
                for (int to = 0; to < tokens.length; to++) {
                    double effect = with.at(0, 0, tokens[to]) - without.at(0, 0, tokens[to]);
                    assertThat(effect).isCloseTo(ov[attended][to], within(1e-5));
                }
            }
        }
    }

    @Test
    void aHeadOrTokenThatIsNotThereIsRefused() {
        HeadCircuits circuits =
                new HeadCircuits(MicroModel.of(BACKEND, MicroModel.config(2, Normalization.NONE), BY_HAND));
        for (int head : new int[] {-1, 2}) {
            refused("head 0." + head, () -> circuits.qk(0, head, BOTH));
            refused("head 0." + head, () -> circuits.ov(0, head, BOTH));
        }
        refused("head 1.0", () -> circuits.qk(1, 0, BOTH));
        refused("head -1.0", () -> circuits.ov(-1, 0, BOTH));
        refused("token id 2", () -> circuits.qk(0, 0, new int[] {0, 2}));
        refused("token id -1", () -> circuits.ov(0, 0, new int[] {-1}));
    }

    private static void refused(String words, Runnable run) {
        assertThatThrownBy(run::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }
}
