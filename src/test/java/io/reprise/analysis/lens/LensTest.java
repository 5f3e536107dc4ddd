package io.reprise.analysis.lens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.Activations;
import io.reprise.model.Decoder;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Parameters;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LensTest {
    private static final Backend BACKEND = new CpuBackend(2);
    private static final Transformer SEQUENTIAL = model(false, 24);
    private static final Transformer PARALLEL = model(true, 24);
    private static final Transformer ATTENTION_ONLY = model(false, 0);
    private static final int[] PROMPT = {3, 1, 4, 1, 5, 9, 2, 6};
    private static final LensSpec ALL = LensSpec.defaults().withAllLogits();

    private static Transformer model(boolean parallel, int dMlp) {
        int layers = 4;
        ModelConfig config = new ModelConfig(
                layers,
                12,
                3,
                4,
                dMlp,
                17,
                10,
                Activation.GELU_NEW,
                Normalization.LAYER_NORM,
                1e-5,
                parallel ? Positions.ROTARY : Positions.LEARNED,
                parallel ? 2 : 0,
                10000,
                parallel,
                false,
                Collections.nCopies(layers, 0),
                Collections.nCopies(layers, 0.5));
        return new Transformer(
                BACKEND,
                config,
                Parameters.initialise(BACKEND, config, 0.3, Rng.of(7).split("lens")));
    }

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "final_layernorm,lm_head",
                "h.3",
                "blocks.3.attn,blocks.3.mlp",
                "h.2,h.3,ln_f,lm_head",
                "layers.1,layers.2,layers.3",
                "h.0,h.1,h.2,h.3"
            })
    void theLastRowIsTheModelsOwnLogitsBitForBit(String decoder) {
        for (Transformer model : List.of(SEQUENTIAL, PARALLEL)) {
            LensSpec spec = ALL.withDecoder(names(decoder)).withRows(true, 3, true);
            Lens lens = new Lens(model, spec);
            assertThat(lens.decoder().isSuffix()).isTrue();
            Trajectory lensed = lens.trace(PROMPT);
            float[] own = logits(model, PROMPT);
            int last = lensed.rows().size() - 1;
            for (int position = 0; position < PROMPT.length; position++) {
                assertThat(lensed.logits(last, position)).isEqualTo(row(own, position));
                assertThat(lensed.value(Statistic.KL, last, position)).isZero();
                assertThat(lensed.value(Statistic.RANK, last, position)).isEqualTo(1);
            }
        }
    }

    @Test
    void theSecondHalfOfASequentialBlockIsASuffixToo() {
        Lens lens = new Lens(SEQUENTIAL, ALL.withDecoder(List.of("h.3.mlp")));
        assertThat(lens.decoder().isSuffix()).isTrue();
        Trajectory lensed = lens.trace(PROMPT);
        assertThat(lensed.rows().get(lensed.rows().size() - 1).name()).isEqualTo("blocks.3.attn");
        assertThat(lensed.logits(lensed.rows().size() - 1, 5)).isEqualTo(row(logits(SEQUENTIAL, PROMPT), 5));
    }

    /** Both halves of a parallel block read its input, so neither alone is the rest of the model. */
    @ParameterizedTest
    @CsvSource({"true, h.3.mlp", "true, h.3.attn", "false, h.3.attn", "false, h.1", "true, h.0"})
    void aDecoderThatLeavesModulesOutGetsTheModelsLogitsAsItsLastRow(boolean parallel, String decoder) {
        Transformer model = parallel ? PARALLEL : SEQUENTIAL;
        Lens lens = new Lens(model, ALL.withDecoder(List.of(decoder)));
        assertThat(lens.decoder().isSuffix()).isFalse();
        Trajectory lensed = lens.trace(PROMPT);
        int last = lensed.rows().size() - 1;
        assertThat(lensed.rows().get(last).name()).isEqualTo("logits");
        assertThat(lensed.logits(last, 7)).isEqualTo(row(logits(model, PROMPT), 7));
        assertThat(lensed.value(Statistic.KL, last - 1, 7)).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "h.3", "h.3.mlp", "h.2.attn"})
    void decodingSomePositionsGivesTheBitsOfDecodingAll(String decoder) {
        for (Transformer model : List.of(SEQUENTIAL, PARALLEL)) {
            LensSpec spec = ALL.withDecoder(names(decoder)).withRows(true, 1, true);
            Trajectory whole = new Lens(model, spec).trace(PROMPT);
            Trajectory part = new Lens(model, spec.withPositions(3, Optional.of(-1))).trace(PROMPT);
            assertThat(part.from()).isEqualTo(3);
            assertThat(part.to()).isEqualTo(7);
            for (int row = 0; row < whole.rows().size(); row++) {
                for (int position = 3; position < 7; position++) {
                    assertThat(part.logits(row, position)).isEqualTo(whole.logits(row, position));
                    assertThat(part.cell(row, position)).isEqualTo(whole.cell(row, position));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 200, 1000})
    void decodingInPiecesGivesTheBitsOfDecodingAtOnce(int mostLogits) {
        List<int[]> prompts = List.of(PROMPT, new int[] {2, 2, 2});
        List<Trajectory> whole = new Lens(SEQUENTIAL, ALL).trace(prompts, 2, n -> {});
        List<Trajectory> pieces = new Lens(SEQUENTIAL, ALL, mostLogits).trace(prompts, 2, n -> {});
        for (int n = 0; n < prompts.size(); n++) {
            for (int row = 0; row < whole.get(n).rows().size(); row++) {
                for (int position = 0; position < prompts.get(n).length; position++) {
                    assertThat(pieces.get(n).cell(row, position))
                            .isEqualTo(whole.get(n).cell(row, position));
                    assertThat(pieces.get(n).logits(row, position))
                            .isEqualTo(whole.get(n).logits(row, position));
                }
            }
        }
    }

    @Test
    void nothingDependsOnWhatAPromptWasBatchedWith() {
        List<int[]> prompts = List.of(PROMPT, new int[] {7}, new int[] {2, 2, 2}, new int[] {16, 0, 8, 8, 1});
        for (String decoder : List.of("", "h.3")) {
            for (Transformer model : List.of(SEQUENTIAL, PARALLEL, ATTENTION_ONLY)) {
                Lens lens = new Lens(model, ALL.withDecoder(names(decoder)).withRows(true, 2, true));
                List<Integer> done = new ArrayList<>();
                List<Trajectory> together = lens.trace(prompts, 3, done::add);
                assertThat(done).containsExactly(3, 4);
                for (int n = 0; n < prompts.size(); n++) {
                    Trajectory alone = lens.trace(prompts.get(n));
                    for (int row = 0; row < alone.rows().size(); row++) {
                        for (int position = 0; position < prompts.get(n).length; position++) {
                            assertThat(together.get(n).cell(row, position)).isEqualTo(alone.cell(row, position));
                            assertThat(together.get(n).logits(row, position)).isEqualTo(alone.logits(row, position));
                        }
                    }
                }
            }
        }
    }

    /** The trap of the original: with a block step, a half was added to a stream some blocks old. */
    @Test
    void everyRowDecodesItsOwnStreamWhateverTheBlockStep() {
        for (Transformer model : List.of(SEQUENTIAL, PARALLEL)) {
            Trajectory all = new Lens(model, ALL.withRows(true, 1, true)).trace(PROMPT);
            Trajectory some = new Lens(model, ALL.withRows(false, 2, true)).trace(PROMPT);
            List<String> names = all.rows().stream().map(Trajectory.Row::name).toList();
            assertThat(some.rows().stream().map(Trajectory.Row::name))
                    .containsExactly(
                            "blocks.0.attn",
                            "blocks.0.mlp",
                            "blocks.2.attn",
                            "blocks.2.mlp",
                            "blocks.3.attn",
                            "blocks.3.mlp");
            for (int row = 0; row < some.rows().size(); row++) {
                int twin = names.indexOf(some.rows().get(row).name());
                assertThat(some.logits(row, 6)).isEqualTo(all.logits(twin, 6));
            }
        }
    }

    @Test
    void aModelWithoutLayersHasOneRow() {
        ModelConfig config =
                ModelConfig.toy(0, 6, 1, 6, 0, 17, 10, Activation.NONE, Normalization.NONE, Positions.LEARNED, false);
        Transformer model = new Transformer(
                BACKEND,
                config,
                Parameters.initialise(BACKEND, config, 0.3, Rng.of(3).split("lens")));
        Trajectory lensed = new Lens(model, ALL.withRows(false, 2, true)).trace(PROMPT);
        assertThat(lensed.rows()).containsExactly(new Trajectory.Row("input", "input", 0));
        assertThat(lensed.logits(0, 4)).isEqualTo(row(logits(model, PROMPT), 4));
        assertThatThrownBy(() -> new Lens(model, ALL.withDecoder(List.of("h.0"))))
                .hasMessageContaining("this model has no layers");
    }

    /** Against the streams that a run captures, decoded one by one. */
    @Test
    void rowsAreTheStreamsThatTheForwardPassHolds() {
        for (Transformer model : List.of(SEQUENTIAL, PARALLEL)) {
            Trajectory lensed = new Lens(model, ALL.withRows(true, 1, true)).trace(PROMPT);
            Tokens tokens = Tokens.of(PROMPT);
            for (int layer = 0; layer < 4; layer++) {
                Site before = Site.of(Site.Kind.RESID_PRE, layer);
                Site attention = Site.of(Site.Kind.ATTN_OUT, layer);
                Site after = Site.of(Site.Kind.RESID_POST, layer);
                Activations run = model.run(tokens, List.of(before, attention, after));
                try (Scope scope = BACKEND.scope()) {
                    Tensor mid = BACKEND.add(upload(run, before), upload(run, attention));
                    assertRow(lensed, 1 + 2 * layer, decoded(model, mid));
                    assertRow(lensed, 2 + 2 * layer, decoded(model, upload(run, after)));
                }
            }
        }
    }

    private static Tensor upload(Activations run, Site site) {
        return BACKEND.upload(Shape.of(PROMPT.length, 12), run.get(site).data());
    }

    private static float[] decoded(Transformer model, Tensor stream) {
        return BACKEND.download(Decoder.standard(model.config()).logits(model, stream, 1, PROMPT.length));
    }

    private static void assertRow(Trajectory lensed, int row, float[] logits) {
        for (int position = 0; position < PROMPT.length; position++) {
            assertThat(lensed.logits(row, position)).isEqualTo(row(logits, position));
        }
    }

    @Test
    void namedRowsAreReadInTheirOwnWords() {
        LensSpec spec =
                ALL.withNamedRows(List.of("input", "h.1", "blocks.0.hook_resid_mid", "blocks.3.hook_resid_pre"));
        assertThat(new Lens(SEQUENTIAL, spec).rows().stream().map(Trajectory.Row::site))
                .containsExactly(
                        "blocks.0.hook_resid_pre",
                        "blocks.0.hook_resid_mid",
                        "blocks.1.hook_resid_post",
                        "blocks.2.hook_resid_post",
                        "blocks.3.hook_resid_post");
    }

    @Test
    void rowsThatHoldWhatTheDecoderAddsAreLeftOut() {
        assertThat(rows(SEQUENTIAL, "h.3"))
                .containsExactly(
                        "input",
                        "blocks.0.attn",
                        "blocks.0.mlp",
                        "blocks.1.attn",
                        "blocks.1.mlp",
                        "blocks.2.attn",
                        "blocks.2.mlp");
        assertThat(rows(SEQUENTIAL, "h.3.mlp")).endsWith("blocks.2.mlp", "blocks.3.attn");
        assertThat(rows(PARALLEL, "h.3.mlp")).endsWith("blocks.2.mlp", "logits");
        assertThat(rows(ATTENTION_ONLY, ""))
                .containsExactly("input", "blocks.0.resid", "blocks.1.resid", "blocks.2.resid", "blocks.3.resid");
    }

    private static List<String> rows(Transformer model, String decoder) {
        LensSpec spec = ALL.withDecoder(names(decoder)).withRows(true, 1, true);
        return new Lens(model, spec).rows().stream().map(Trajectory.Row::name).toList();
    }

    @Test
    void theModelsGuessAndTheTextsNextTokenStandWhereTheyBelong() {
        Trajectory lensed = new Lens(SEQUENTIAL, ALL.withFollowed(List.of(11))).trace(PROMPT);
        float[] own = logits(SEQUENTIAL, PROMPT);
        int last = lensed.rows().size() - 1;
        for (int position = 0; position < PROMPT.length; position++) {
            float[] logits = row(own, position);
            assertThat(logits[lensed.guess(position)]).isEqualTo(max(logits));
            Cell cell = lensed.cell(last, position);
            assertThat(cell.followed().get(0).logit()).isEqualTo(logits[11]);
            assertThat(cell.top()).hasSize(5).isSortedAccordingTo((a, b) -> Double.compare(b.logit(), a.logit()));
            if (position + 1 < PROMPT.length) {
                assertThat(cell.next().orElseThrow().token()).isEqualTo(PROMPT[position + 1]);
                assertThat(lensed.isRight(position)).isEqualTo(lensed.guess(position) == PROMPT[position + 1]);
            }
        }
        assertThat(lensed.cell(last, 7).next()).isEmpty();
        assertThat(lensed.next(7)).isEmpty();
        assertThat(lensed.isRight(7)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "blocks.9.resid | \"blocks.9.resid\" is out of range: this model has layers 0..3",
                "blocks.1.atn | row \"blocks.1.atn\" does not exist; nearest names: blocks.1.attn",
                "blocks.3.resid | row \"blocks.3.resid\" already holds what the decoder blocks.3, ln_final, unembed adds",
            })
    void rowsThatDoNotExistAreRefused(String row, String message) {
        LensSpec spec = LensSpec.defaults().withDecoder(List.of("h.3")).withNamedRows(List.of(row));
        assertThatThrownBy(() -> new Lens(SEQUENTIAL, spec))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "h.4 | \"h.4\" is out of range: this model has layers 0..3",
                "blocks.2.mpl | nearest names: blocks.2.mlp",
                "h.2,h.1 | decoder \"h.1\" comes after \"blocks.2\"",
                "h.2.mlp,h.2.attn | decoder \"h.2.attn\" comes after \"blocks.2.mlp\"",
                "ln_f,h.3 | decoder \"h.3\" comes after the final norm",
            })
    void decodersThatDoNotExistAreRefused(String decoder, String message) {
        LensSpec spec = LensSpec.defaults().withDecoder(names(decoder));
        assertThatThrownBy(() -> new Lens(SEQUENTIAL, spec))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void promptsAndPositionsOutsideTheModelAreRefused() {
        Lens lens = new Lens(SEQUENTIAL, LensSpec.defaults());
        assertThatThrownBy(() -> lens.trace(new int[11]))
                .hasMessageContaining("11 tokens")
                .hasMessageContaining("n_ctx = 10");
        assertThatThrownBy(() -> lens.trace()).hasMessageContaining("empty");
        assertThatThrownBy(() -> lens.trace(1, 17)).hasMessageContaining("token id 17");
        assertThatThrownBy(() -> lens.trace(List.of(PROMPT, new int[0]), 2, n -> {}))
                .hasMessageContaining("prompt 1: the prompt is empty");
        for (int[] range : new int[][] {{8, 9}, {0, 9}, {5, 5}, {-9, 8}, {6, 2}}) {
            LensSpec spec = LensSpec.defaults().withPositions(range[0], Optional.of(range[1]));
            assertThatThrownBy(() -> new Lens(SEQUENTIAL, spec).trace(PROMPT))
                    .hasMessageContaining("not in a prompt of 8 tokens");
        }
        assertThatThrownBy(() -> new Lens(SEQUENTIAL, LensSpec.defaults().withTopK(18)))
                .hasMessageContaining("top_k = 18");
    }

    private static List<String> names(String list) {
        return list.isEmpty() ? List.of() : List.of(list.split(","));
    }

    private static float[] logits(Transformer model, int[] prompt) {
        try (Scope scope = BACKEND.scope()) {
            return BACKEND.download(model.logits(Tokens.of(prompt)));
        }
    }

    private static float[] row(float[] logits, int position) {
        return java.util.Arrays.copyOfRange(logits, position * 17, (position + 1) * 17);
    }

    private static float max(float[] values) {
        float max = values[0];
        for (float value : values) {
            max = Math.max(max, value);
        }
        return max;
    }
}
