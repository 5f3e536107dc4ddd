package io.reprise.analysis.overlap.within;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.tensor.Rng;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScoreOverlapTest {
    private static Circuit scored(Universe universe, double... scores) {
        Map<Unit, Double> map = new LinkedHashMap<>();
        for (int i = 0; i < scores.length; i++) {
            map.put(universe.units().get(i), scores[i]);
        }
        return new Circuit("c", Circuit.Origin.unknown(), universe, Set.of(), map, Map.of());
    }

    private static ScoreOverlap.Result compare(Circuit one, Circuit other) {
        return new ScoreOverlap(199, Rng.of(1)).of(one, other);
    }

    @Test
    void equal_scores_are_fully_alike_and_rarely_so_by_chance() {
        Circuit circuit = scored(heads(8), 8, -7, 6, 5, -4, 3, 2, 1);
        ScoreOverlap.Result result = compare(circuit, circuit);
        assertThat(result.measures()).hasSize(7);
        result.measures()
                .forEach((name, measure) ->
                        assertThat(measure.value().orElseThrow()).as(name).isCloseTo(1, within(1e-12)));
        // 1 of 8! orders reaches it: no draw of 199
        assertThat(result.measures().get("spearman").p()).contains(1 / 200.0);
    }

    @Test
    void values_are_those_worked_by_hand() {
        var measures = compare(scored(heads(4), 4, 3, 2, -1), scored(heads(4), 4, 3, 1, 2))
                .measures();
        assertThat(measures.get("weighted_jaccard").value().orElseThrow()).isCloseTo(9 / 11.0, within(1e-12));
        assertThat(measures.get("cosine").value().orElseThrow()).isCloseTo(25 / 30.0, within(1e-12));
        assertThat(measures.get("sign_agreement").value()).contains(0.75);
        assertThat(measures.get("spearman").value().orElseThrow()).isCloseTo(0.8, within(1e-12));
        assertThat(measures.get("kendall_tau_b").value().orElseThrow()).isCloseTo(4 / 6.0, within(1e-12));
        // k = 1, 2: 1; k = 3: J = 2/4, E[J] = (3·2/4 + 1·1)/4 = 0.625, J* = −1/3
        assertThat(measures.get("adjusted_jaccard_area").value().orElseThrow()).isCloseTo(5 / 9.0, within(1e-12));
    }

    @Test
    void scores_that_follow_the_layers_alone_are_no_finding() {
        Circuit circuit = scored(Universe.nodes(shape(2, 2)), 5, 5, 1, 1);
        ScoreOverlap.Result result = compare(circuit, circuit);
        assertThat(result.problem().orElseThrow()).contains("not identifiable");
        assertThat(result.measures().get("cosine").p()).contains(1.0);
    }

    @Test
    void lists_without_scores_are_refused() {
        assertThatThrownBy(() -> compare(scored(heads(4)), scored(heads(4), 1, 2, 3, 4)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("published lists have no scores");
    }

    private static Universe heads(int count) {
        return Universe.nodes(shape(1, count));
    }

    private static ModelShape shape(int layers, int heads) {
        return new ModelShape(layers, heads, 0, false);
    }
}
