package io.reprise.analysis.circuit.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Pruning;
import io.reprise.analysis.circuit.Unit;
import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.BlockWeights;
import io.reprise.model.ModelWeights;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Only what a change reaches is computed: seen by which weights are asked for. */
class WorkDoneTest {
    private final Set<Integer> blocks = new TreeSet<>();
    private boolean wholeUnembedding;

    private final class Watched implements ModelWeights {
        private final ModelWeights weights;

        Watched(ModelWeights weights) {
            this.weights = weights;
        }

        @Override
        public Tensor embed(int[] ids) {
            return weights.embed(ids);
        }

        @Override
        public Optional<Tensor> posEmbed(int length) {
            return weights.posEmbed(length);
        }

        @Override
        public BlockWeights block(int layer) {
            blocks.add(layer);
            return weights.block(layer);
        }

        @Override
        public Optional<BlockWeights.Norm> lnFinal() {
            return weights.lnFinal();
        }

        @Override
        public Applied unembed(Tensor x) {
            wholeUnembedding = true;
            return weights.unembed(x);
        }

        @Override
        public Tensor unembedRows(int[] ids) {
            return weights.unembedRows(ids);
        }
    }

    private NodeModel model(Backend backend, Metric metric) {
        Transformer plain = Models.toy(backend, 4, 9);
        Transformer watched = new Transformer(backend, plain.config(), new Watched(plain.weights()));
        return new NodeModel(watched, Models.pairs(31, 3), metric, Ablation.of(Ablation.Kind.MEAN));
    }

    @Test
    void aTrialBeginsAtTheLayerThatChanges() {
        try (Backend backend = new CpuBackend(1)) {
            Pruning pruning = model(backend, Metric.LOGIT_DIFFERENCE)
                    .pruning(model(backend, Metric.KL).universe().all());
            pruning.without(new Unit.Mlp(3)); // makes the streams below
            blocks.clear();
            for (Unit unit : List.of(new Unit.Head(3, 1), new Unit.Head(2, 0), new Unit.Mlp(2))) {
                pruning.without(unit);
                pruning.drop(unit);
            }
            assertThat(blocks).containsExactly(2, 3);
            assertThat(wholeUnembedding).isFalse();
        }
    }

    @Test
    void aLayerThatIsAllConstantIsNotComputed() {
        try (Backend backend = new CpuBackend(1)) {
            NodeModel model = model(backend, Metric.LOGIT_DIFFERENCE);
            Set<Unit> kept = Set.of(new Unit.Head(0, 1), new Unit.Mlp(3));
            model.values(kept); // what constants write is made once
            blocks.clear();
            model.values(kept);
            assertThat(blocks).containsExactly(0, 3);
        }
    }

    @Test
    void wholeLogitsAreMadeForMetricsThatNeedThem() {
        try (Backend backend = new CpuBackend(1)) {
            model(backend, Metric.ACCURACY).values(Set.of());
            assertThat(wholeUnembedding).isTrue();
        }
    }
}
