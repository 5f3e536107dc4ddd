package io.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.relation.LayerName;
import java.util.List;
import org.junit.jupiter.api.Test;

class RelationConfigTest {
    @Test
    void layersAreNumbersOrWordsWithoutQuotes() {
        RelationConfig config = bind(
                "model: m\nstudy: {layers: [5, 8, embed, \"3\", embed+pos], edit_layers: [2, blocks.1.hook_resid_post]}");
        assertThat(config.study().layers()).containsExactlyElementsOf(names("5", "8", "embed", "3", "embed+pos"));
        assertThat(config.study().editLayers()).containsExactlyElementsOf(names("2", "blocks.1.hook_resid_post"));
    }

    @Test
    void whatIsWrittenOutBindsToTheSameLayers() {
        RelationConfig config = bind("model: m\nstudy: {layers: [5, embed]}");
        String yaml = ResolvedConfig.of(config).yaml();
        assertThat(bind(yaml)).isEqualTo(config);
        assertThat(ResolvedConfig.of(bind(yaml)).hash())
                .isEqualTo(ResolvedConfig.of(bind("model: m\nstudy: {layers: [\"5\", embed]}"))
                        .hash());
    }

    @Test
    void aListOrNothingInALayersPlaceIsRefusedWithItsKey() {
        assertThatThrownBy(() -> bind("model: m\nstudy: {layers: [5, [6]]}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("study.layers.1");
        assertThatThrownBy(() -> bind("model: m\nstudy: {layers: [\" \"]}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("study.layers.0")
                .hasMessageContaining("names no layer");
    }

    private static RelationConfig bind(String yaml) {
        return ConfigTree.parse(yaml, "relations.yaml", RelationConfig.class).bind(RelationConfig.class);
    }

    private static List<LayerName> names(String... names) {
        return List.of(names).stream().map(LayerName::parse).toList();
    }
}
