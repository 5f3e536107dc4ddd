package io.reprise.model;

import static io.reprise.model.ToyShape.assertSameBits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.Intervention.Edit;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Site.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class InterventionTest {
    private static final Backend BACKEND = new CpuBackend(1);
    private static final Site LOGITS = Site.of(Kind.LOGITS);
    private static final Set<Kind> READ_ONLY = Set.of(Kind.ATTN_SCORES, Kind.PATTERN, Kind.RESULT);
    private static final Set<Kind> WITH_HEADS = Set.of(Kind.Q, Kind.K, Kind.V, Kind.ROT_Q, Kind.ROT_K, Kind.Z);

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

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#all")
    void patchingARunWithItselfChangesNoBit(ToyShape toy) {
        Transformer model = toy.random(BACKEND);
        Tokens tokens = ToyShape.tokens(2, 4, 4);
        List<Site> sites = Site.all(toy.config());
        Activations clean = model.run(tokens, sites);
        List<Intervention> all = new ArrayList<>();
        for (Site site : sites) {
            if (READ_ONLY.contains(site.kind())) {
                continue;
            }
            Intervention self = Intervention.everywhere(site, Edit.from(clean.get(site)));
            all.add(self);
            assertSameBits(
                    "logits patched at " + site,
                    model.run(tokens, List.of(LOGITS), List.of(self))
                            .get(LOGITS)
                            .data(),
                    clean.get(LOGITS).data());
        }
        Activations patched = model.run(tokens, sites, all);
        sites.forEach(site -> assertSameBits(
                site.name(), patched.get(site).data(), clean.get(site).data()));
    }

    @ParameterizedTest
    @MethodSource("io.reprise.model.ToyShape#all")
    void aSiteIsCapturedAsEditedAndWhatCameBeforeStays(ToyShape toy) {
        Transformer model = toy.random(BACKEND);
        Tokens tokens = ToyShape.tokens(2, 4, 4);
        List<Site> sites = Site.all(toy.config());
        Activations clean = model.run(tokens, sites);
        for (Site site : sites) {
            if (READ_ONLY.contains(site.kind())) {
                continue;
            }
            boolean heads = WITH_HEADS.contains(site.kind());
            Activations edited = model.run(
                    tokens, sites, List.of(new Intervention(site, Set.of(2), heads ? Set.of(1) : Set.of(), Edit.ZERO)));
            double[] expected = clean.get(site).data().clone();
            int width = clean.get(site).shape().columns();
            int stride = heads ? 2 * width : width;
            for (int sequence = 0; sequence < 2; sequence++) {
                int from = (sequence * 4 + 2) * stride + (heads ? width : 0);
                Arrays.fill(expected, from, from + width, 0);
            }
            assertSameBits(site.name(), edited.get(site).data(), expected);
            sites.stream()
                    .filter(earlier -> earlier.compareTo(site) < 0)
                    .forEach(earlier -> assertSameBits(
                            earlier + " before " + site,
                            edited.get(earlier).data(),
                            clean.get(earlier).data()));
            assertThat(edited.get(LOGITS).data())
                    .as("logits with %s zeroed", site)
                    .isNotEqualTo(clean.get(LOGITS).data());
        }
    }

    /**
     * Queries and keys are 0, so each position takes the mean of the values before it. Head 0 reads feature 0 and writes twice
     * its value to feature 1; head 1 reads feature 1 and writes four times its value to feature 0. Tokens: 0 = (1, 0),
     * 1 = (0, 1), 2 = (2, 0). Logits: x, y and x + y of the residual stream (x, y).
     */
    private static Transformer byHand() {
        return MicroModel.of(
                BACKEND,
                MicroModel.config(3, Normalization.NONE),
                Map.of(
                        "embed.W_E", new float[] {1, 0, 0, 1, 2, 0},
                        "blocks.0.attn.W_QKV", new float[] {0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1},
                        "blocks.0.attn.W_O", new float[] {0, 2, 4, 0},
                        "unembed.W_U", new float[] {1, 0, 0, 1, 1, 1}));
    }

    private static final Tokens CLEAN = Tokens.of(0, 1);
    private static final Tokens CORRUPT = Tokens.of(2, 1);

    @Test
    void withoutInterventionTheMicroModelGivesWhatPaperDoes() {
        // position 0: z = (1, 0), stream (1, 0) + (0, 2); position 1: z = (1/2, 1/2), stream (0, 1) + (2, 1)
        check(CLEAN, List.of(), 1, 2, 3, 2, 2, 4);
        // position 0: z = (2, 0), stream (2, 0) + (0, 4); position 1: z = (1, 1/2), stream (0, 1) + (2, 2)
        check(CORRUPT, List.of(), 2, 4, 6, 2, 3, 5);
    }

    @Test
    void aHeadPatchedAtOnePositionFromAnotherRunMovesThatPositionAlone() {
        Site z = Site.of(Kind.Z, 0);
        Edit corrupt = from(z);
        // z at position 1 becomes (1, 1/2): stream (0, 1) + (2, 2)
        check(CLEAN, List.of(new Intervention(z, Set.of(1), Set.of(0), corrupt)), 1, 2, 3, 2, 3, 5);
        // head 1 mixes the same 1/2 in both runs
        check(CLEAN, List.of(new Intervention(z, Set.of(1), Set.of(1), corrupt)), 1, 2, 3, 2, 2, 4);
        // z at position 0 becomes (2, 0): stream (1, 0) + (0, 4)
        check(CLEAN, List.of(new Intervention(z, Set.of(0), Set.of(), corrupt)), 1, 4, 5, 2, 2, 4);
    }

    @Test
    void aValuePatchedAtAnEarlierPositionReachesTheLaterOnes() {
        Site v = Site.of(Kind.V, 0);
        // position 0: z = (2, 0), stream (1, 0) + (0, 4); position 1: z = (1, 1/2), stream (0, 1) + (2, 2)
        check(CLEAN, List.of(new Intervention(v, Set.of(0), Set.of(0), from(v))), 1, 4, 5, 2, 3, 5);
    }

    @Test
    void zeroAblationRemovesWhatWasThere() {
        // without head 1, position 1 has the stream (0, 1) + (0, 1)
        check(CLEAN, List.of(new Intervention(Site.of(Kind.Z, 0), Set.of(), Set.of(1), Edit.ZERO)), 1, 2, 3, 0, 2, 2);
        // token 0 embedded as nothing: z at position 1 = (0, 1/2), stream (0, 1) + (2, 0)
        check(CLEAN, List.of(new Intervention(Site.of(Kind.EMBED), Set.of(0), Set.of(), Edit.ZERO)), 0, 0, 0, 2, 1, 3);
        check(
                CLEAN,
                List.of(new Intervention(Site.of(Kind.RESID_POST, 0), Set.of(0), Set.of(), Edit.ZERO)),
                0,
                0,
                0,
                2,
                2,
                4);
    }

    @Test
    void interventionsAtOneSiteApplyInTheOrderGiven() {
        Site post = Site.of(Kind.RESID_POST, 0);
        Edit plusOne = (sequence, position, head, vector) -> vector[0] += 1;
        Intervention add = new Intervention(post, Set.of(1), Set.of(), plusOne);
        Intervention zero = new Intervention(post, Set.of(1), Set.of(), Edit.ZERO);
        check(CLEAN, List.of(zero, add), 1, 2, 3, 1, 0, 1);
        check(CLEAN, List.of(add, zero), 1, 2, 3, 0, 0, 0);
    }

    private static Edit from(Site site) {
        return Edit.from(byHand().run(CORRUPT, List.of(site)).get(site));
    }

    private static void check(Tokens tokens, List<Intervention> interventions, double... logits) {
        assertThat(byHand().run(tokens, List.of(LOGITS), interventions)
                        .get(LOGITS)
                        .data())
                .containsExactly(logits);
    }

    @Test
    void oneThatNeverFiresIsAnErrorThatNamesTheSite() {
        Site z = Site.of(Kind.Z, 0);
        neverFires(new Intervention(z, Set.of(2), Set.of(), Edit.ZERO), List.of(LOGITS), "blocks.0.attn.hook_z", "[2]");
        neverFires(new Intervention(z, Set.of(), Set.of(2), Edit.ZERO), List.of(LOGITS), "blocks.0.attn.hook_z", "[2]");
        neverFires(Intervention.everywhere(Site.of(Kind.Z, 1), Edit.ZERO), List.of(LOGITS), "blocks.1.attn.hook_z");
        neverFires(
                Intervention.everywhere(Site.of(Kind.LN1, 0), Edit.ZERO),
                List.of(LOGITS),
                "blocks.0.ln1.hook_normalized");
        neverFires(Intervention.everywhere(LOGITS, Edit.ZERO), List.of(Site.of(Kind.RESID_POST, 0)), "logits");
        neverFires(Intervention.everywhere(z, Edit.ZERO), List.of(), "blocks.0.attn.hook_z");
    }

    @Test
    void oneThatFiresAtSomeOfItsPositionsAndHeadsOnlyIsAnErrorToo() {
        Site z = Site.of(Kind.Z, 0);
        neverFires(new Intervention(z, Set.of(1, 2), Set.of(), Edit.ZERO), List.of(LOGITS), "blocks.0.attn.hook_z");
        neverFires(new Intervention(z, Set.of(), Set.of(0, 2), Edit.ZERO), List.of(LOGITS), "blocks.0.attn.hook_z");
    }

    @Test
    void aSiteBeforeTheLayerResumedFromNeverFires() {
        Transformer model =
                ToyShape.of(2, "mlp", Normalization.NONE, Positions.NONE, false).random(BACKEND);
        Site pre = Site.of(Kind.RESID_PRE, 1);
        Activations.Value residual =
                model.run(ToyShape.tokens(1, 3, 1), List.of(pre)).get(pre);
        Intervention early = Intervention.everywhere(Site.of(Kind.MLP_OUT, 0), Edit.ZERO);
        assertThatThrownBy(() -> model.resume(1, residual, List.of(LOGITS), List.of(early)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("blocks.0.hook_mlp_out");
    }

    private static void neverFires(Intervention intervention, List<Site> sites, String... words) {
        assertThatThrownBy(() -> byHand().run(CLEAN, sites, List.of(intervention)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("never fired")
                .hasMessageContainingAll(words);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"ATTN_SCORES", "PATTERN", "RESULT"})
    void whatCanOnlyBeReadIsNotEdited(Kind kind) {
        Site site = Site.of(kind, 0);
        assertThatThrownBy(() -> Intervention.everywhere(site, Edit.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(site.name())
                .hasMessageContaining("q, k, v or z");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void headsAreRefusedWhereASiteHasNone(Kind kind) {
        if (WITH_HEADS.contains(kind)) {
            assertThat(new Intervention(Site.of(kind, 0), Set.of(), Set.of(1), Edit.ZERO).heads())
                    .containsExactly(1);
        } else if (!READ_ONLY.contains(kind)) {
            Site site = kind.inBlock() ? Site.of(kind, 0) : Site.of(kind);
            assertThatThrownBy(() -> new Intervention(site, Set.of(), Set.of(1), Edit.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("site " + site.name() + " has no heads");
        }
    }

    @Test
    void aPatchFromAShorterOrNarrowerRunIsRefused() {
        Site z = Site.of(Kind.Z, 0);
        Site post = Site.of(Kind.RESID_POST, 0);
        Activations one = byHand().run(Tokens.of(2), List.of(z, post));
        assertThatThrownBy(() -> check(CLEAN, List.of(Intervention.everywhere(z, Edit.from(one.get(z)))), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[1, 1, 2, 1]");
        assertThatThrownBy(() -> check(CLEAN, List.of(Intervention.everywhere(post, Edit.from(one.get(post)))), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[1, 1, 2]");
        Activations.Value wide = byHand().run(CLEAN, List.of(post)).get(post);
        assertThatThrownBy(() -> check(CLEAN, List.of(Intervention.everywhere(z, Edit.from(wide))), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[1, 2, 2]");
    }
}
