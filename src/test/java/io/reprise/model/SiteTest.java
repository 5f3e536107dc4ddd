package io.reprise.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.Site.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SiteTest {
    private static final ModelConfig MLP = ToyShape.of(2, "mlp", Normalization.LAYER_NORM, Positions.LEARNED, false)
            .config();

    @Test
    void aModelHasTheSitesOfItsShapeInTheOrderOfItsForwardPass() {
        ModelConfig attention = ToyShape.of(1, "attention", Normalization.NONE, Positions.ROTARY, false)
                .config();
        assertThat(Site.all(attention).stream().map(Site::name))
                .containsExactly(
                        "hook_embed",
                        "blocks.0.hook_resid_pre",
                        "blocks.0.attn.hook_qkv",
                        "blocks.0.attn.hook_q",
                        "blocks.0.attn.hook_k",
                        "blocks.0.attn.hook_v",
                        "blocks.0.attn.hook_rot_q",
                        "blocks.0.attn.hook_rot_k",
                        "blocks.0.attn.hook_attn_scores",
                        "blocks.0.attn.hook_pattern",
                        "blocks.0.attn.hook_z",
                        "blocks.0.attn.hook_result",
                        "blocks.0.hook_attn_out",
                        "blocks.0.hook_resid_post",
                        "logits");
        ModelConfig parallel = ToyShape.of(1, "parallel", Normalization.LAYER_NORM, Positions.NONE, false)
                .config();
        assertThat(Site.all(parallel).stream().map(Site::name))
                .contains("blocks.0.ln1.hook_normalized", "blocks.0.ln2.hook_normalized", "ln_final.hook_normalized")
                .doesNotContain("blocks.0.hook_resid_mid", "hook_pos_embed");
        ModelConfig empty = ToyShape.of(0, "none", Normalization.NONE, Positions.LEARNED, false)
                .config();
        assertThat(Site.all(empty).stream().map(Site::name)).containsExactly("hook_embed", "hook_pos_embed", "logits");
        assertThat(Site.all(MLP)).hasSize(3 + 2 * 17 + 1).doesNotHaveDuplicates();
    }

    @Test
    void aMistypedNameIsAnsweredWithTheNearestOnes() {
        assertThatThrownBy(() -> Site.parse("blocks.1.hook_resid_pots", MLP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("site \"blocks.1.hook_resid_pots\" does not exist; nearest names: ")
                .hasMessageContaining("blocks.1.hook_resid_post")
                .hasMessageNotContaining("logits");
        assertThatThrownBy(() -> Site.parse("logit", MLP)).hasMessageContaining("nearest names: logits");
        assertThatThrownBy(() -> Site.parse("", MLP)).hasMessageContaining("nearest names: ");
    }

    @Test
    void aSiteThatThisShapeLacksDoesNotExist() {
        assertThatThrownBy(() -> Site.parse("blocks.0.attn.hook_rot_q", MLP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not exist")
                .hasMessageContaining("blocks.0.attn.hook_q");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "12", "99999999999999999999"})
    void aLayerOutOfRangeIsToldTheRange(String layer) {
        String name = "blocks." + layer + ".hook_resid_post";
        assertThatThrownBy(() -> Site.parse(name, MLP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("site \"" + name + "\" is out of range: this model has layers 0..1");
    }

    @Test
    void aModelWithoutLayersHasNoLayerInRange() {
        ModelConfig empty = ToyShape.of(0, "none", Normalization.NONE, Positions.NONE, false)
                .config();
        assertThatThrownBy(() -> Site.parse("blocks.0.hook_resid_pre", empty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("this model has no layers");
    }

    @Test
    void aKindInTheWrongPlaceIsNoSite() {
        assertThatThrownBy(() -> Site.of(Kind.RESID_PRE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Site.of(Kind.LOGITS, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
