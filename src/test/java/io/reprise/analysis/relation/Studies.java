package io.reprise.analysis.relation;

import java.util.List;
import java.util.Optional;

/** Specs of small studies. */
final class Studies {
    private Studies() {}

    static RelationSpec spec(int train, int trials, List<Double> betas, List<Integer> ranks) {
        return spec(List.of(), train, trials, betas, ranks);
    }

    static RelationSpec spec(List<String> layers, int train, int trials, List<Double> betas, List<Integer> ranks) {
        return new RelationSpec(
                layers.stream().map(LayerName::parse).toList(),
                List.of(),
                Optional.empty(),
                betas,
                ranks,
                EstimatorKind.JACOBIAN_ICL_MEAN,
                List.of(EstimatorKind.LEARNED_LINEAR, EstimatorKind.EMBEDDING),
                Optional.empty(),
                false,
                train,
                trials,
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                3,
                100,
                true,
                4,
                7);
    }
}
