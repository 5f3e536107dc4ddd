package io.reprise.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Site.Kind;
import io.reprise.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model refuses, and how far a partial run goes. */
class TransformerTest {
    private static final Backend BACKEND = new CpuBackend(1);
    private static final ToyShape TOY = ToyShape.of(2, "mlp", Normalization.NONE, Positions.LEARNED, false);

    private Scope scope;
    private Transformer model;

    @BeforeEach
    void open() {
        scope = BACKEND.scope();
        model = TOY.random(BACKEND);
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
    @ValueSource(ints = {-1, 11, Integer.MAX_VALUE})
    void aTokenOutsideTheVocabularyIsRefused(int id) {
        Tokens tokens = Tokens.of(1, id, 2);
        refused("token id " + id + " is outside this model's vocabulary of 0..10", () -> model.logits(tokens));
        refused("token id " + id, () -> model.apply(tokens));
        refused("token id " + id, () -> model.run(tokens, List.of(Site.of(Kind.EMBED))));
    }

    @Test
    void aPromptLongerThanTheContextIsRefusedAndOneOfItsLengthIsNot() {
        refused("10 tokens; this model sees at most n_ctx = 9", () -> model.logits(ToyShape.tokens(1, 10, 1)));
        assertThat(model.logits(ToyShape.tokens(1, 9, 1)).shape()).isEqualTo(Shape.of(9, 11));
    }

    @Test
    void tokensThatDoNotFillTheirSequencesAreRefused() {
        refused("5 token ids given for 2 sequences of 3 positions", () -> new Tokens(new int[5], 2, 3));
        refused("0 token ids", () -> Tokens.of());
    }

    @Test
    void resumingFromWhatIsNoResidualStreamIsRefused() {
        Site pre = Site.of(Kind.RESID_PRE, 0);
        Site z = Site.of(Kind.Z, 0);
        Activations run = model.run(ToyShape.tokens(1, 3, 1), List.of(pre, z));
        refused("layer 3", () -> model.resume(3, run.get(pre), List.of(), List.of()));
        refused("layer -1", () -> model.resume(-1, run.get(pre), List.of(), List.of()));
        refused("[1, 3, 2, 3]", () -> model.resume(0, run.get(z), List.of(), List.of()));
    }

    @Test
    void aSiteThatTheRunDoesNotPassIsAnErrorThatNamesIt() {
        Tokens tokens = ToyShape.tokens(1, 3, 1);
        Site logits = Site.of(Kind.LOGITS);
        refused("blocks.0.ln1.hook_normalized", () -> model.run(tokens, List.of(Site.of(Kind.LN1, 0), logits)));
        refused("blocks.2.hook_resid_pre", () -> model.run(tokens, List.of(Site.of(Kind.RESID_PRE, 2), logits)));
        refused("ln_final.hook_normalized", () -> model.run(tokens, List.of(Site.of(Kind.LN_FINAL))));
        Site pre = Site.of(Kind.RESID_PRE, 1);
        Activations.Value residual = model.run(tokens, List.of(pre)).get(pre);
        refused("hook_embed", () -> model.resume(1, residual, List.of(Site.of(Kind.EMBED), logits), List.of()));
    }

    @Test
    void askingForASiteThatWasNotCapturedIsAnErrorThatListsWhatWas() {
        Activations run = model.run(ToyShape.tokens(1, 3, 1), List.of(Site.of(Kind.EMBED)));
        refused("site logits was not captured; captured: [hook_embed]", () -> run.get(Site.of(Kind.LOGITS)));
    }

    @Test
    void anElementOutsideItsSiteIsRefused() {
        Site z = Site.of(Kind.Z, 0);
        Activations.Value value =
                model.run(ToyShape.tokens(2, 3, 1), List.of(z)).get(z);
        assertThat(value.at(1, 2, 1, 2)).isEqualTo(value.data()[value.data().length - 1]);
        refused("[0, 3, 0, 0]", () -> value.at(0, 3, 0, 0));
        refused("[0, 0, -1, 0]", () -> value.at(0, 0, -1, 0));
        refused("[0, 0, 0]", () -> value.at(0, 0, 0));
    }

    @Test
    void aRunGoesNoFurtherThanTheLastSiteAskedFor() {
        for (Site site : Site.all(model.config())) {
            CountingWeights counted = new CountingWeights(model.weights());
            Transformer partial = new Transformer(BACKEND, model.config(), counted);
            Tokens tokens = ToyShape.tokens(1, 3, 1);
            ToyShape.assertSameBits(
                    site.name(),
                    partial.run(tokens, List.of(site)).get(site).data(),
                    model.run(tokens, Site.all(model.config())).get(site).data());
            int blocks = site.kind().beforeBlocks()
                    ? 0
                    : !site.kind().inBlock()
                            ? model.config().nLayers()
                            : site.layer() + (site.kind() == Kind.RESID_PRE ? 0 : 1);
            assertThat(counted.blocks()).as("blocks for %s", site).hasSize(blocks);
            assertThat(counted.unembeddings()).isEqualTo(site.kind() == Kind.LOGITS ? 1 : 0);
        }
        assertThat(model.run(ToyShape.tokens(1, 3, 1), List.of()).sites()).isEmpty();
    }

    private static void refused(String words, Runnable run) {
        assertThatThrownBy(run::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }
}
