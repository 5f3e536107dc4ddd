package io.reprise.analysis.circuit.edges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Port;
import io.reprise.analysis.circuit.Readout;
import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.Sender;
import io.reprise.analysis.circuit.Unit;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Normalization;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.DType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PathPatchingTest {
    private static final PairSet PAIRS = Toys.pairs(2, 71, 5, 3);

    @Test
    void withMlpsFrozenASenderAndAReceiverAreTheirEdge() {
        try (Backend backend = new CpuBackend(2)) {
            for (Toys.Block block : Toys.Block.values()) {
                ModelConfig config = Toys.learned(2, 2, block, Normalization.LAYER_NORM);
                Transformer model = Toys.model(backend, config, 72);
                for (Ablation.Kind kind : Ablation.Kind.values()) {
                    try (EdgeModel task = new EdgeModel(model, PAIRS, Metric.LOGIT_DIFFERENCE, Ablation.of(kind))) {
                        PathPatching paths = new PathPatching(task, true);
                        double[] own = task.values(task.universe().all());
                        for (Unit unit : task.universe().units()) {
                            Unit.Edge edge = (Unit.Edge) unit;
                            Set<Unit> rest = new LinkedHashSet<>(task.universe().units());
                            rest.remove(edge);
                            double[] patched = task.values(rest);
                            double[] effects = paths.effects(edge.from(), Set.of(edge.to()));
                            for (int i = 0; i < own.length; i++) {
                                assertThat(effects[i]) // logits of order 10 in float32
                                        .as(edge.name())
                                        .isCloseTo(patched[i] - own[i], within(5e-5));
                            }
                        }
                    }
                }
            }
        }
    }

    /** By definition, in plain doubles: heads frozen, MLPs following; then the receivers read what came of it. */
    @Test
    void mlpsBetweenFollowTheSenderAsPublished() {
        ModelConfig config = Toys.learned(3, 2, Toys.Block.MLP, Normalization.LAYER_NORM);
        try (Backend backend = new Nd4jBackend(DType.FLOAT64)) {
            Parameters parameters = Toys.parameters(backend, config, 73);
            PlainEdges plain = new PlainEdges(backend, config, parameters);
            Transformer model = new Transformer(backend, config, parameters);
            Set<Receiver> receivers =
                    Set.of(new Receiver.HeadInput(1, 1, Port.V), new Receiver.HeadInput(2, 0, Port.Q));
            try (EdgeModel task =
                    new EdgeModel(model, PAIRS, Metric.LOGIT_DIFFERENCE, Ablation.of(Ablation.Kind.RESAMPLE))) {
                for (Sender sender : List.of(new Unit.Head(0, 1), new Unit.Mlp(0), new Sender.Embedding())) {
                    double[] effects = new PathPatching(task, false).effects(sender, receivers);
                    double[] frozen = new PathPatching(task, true).effects(sender, receivers);
                    for (int i = 0; i < effects.length; i++) {
                        double expected = plainly(plain, PAIRS.pairs().get(i), sender, receivers);
                        assertThat(effects[i]).isCloseTo(expected, within(1e-10));
                        assertThat(frozen[i]).isNotCloseTo(expected, within(1e-8));
                    }
                }
            }
        }
    }

    private static double plainly(PlainEdges plain, PromptPair pair, Sender sender, Set<Receiver> receivers) {
        PlainEdges.Run own = plain.run(pair.clean());
        PlainEdges.Run other = plain.run(pair.corrupt());
        PlainEdges.Run sent = new PlainEdges.Run();
        sent.written.putAll(own.written);
        sent.written.put(sender, other.written.get(sender));
        PlainEdges.Run first = plain.run(
                pair.clean(), (edge, position) -> edge.from().equals(sender) || edge.from() instanceof Unit.Head, sent);
        PlainEdges.Run read = new PlainEdges.Run();
        read.written.putAll(first.written);
        own.written.forEach((from, written) -> {
            if (from instanceof Unit.Head) {
                read.written.put(from, written);
            }
        });
        read.written.put(sender, other.written.get(sender));
        double[] logits = plain.run(pair.clean(), (edge, position) -> receivers.contains(edge.to()), read).logits;
        return Readout.value(Metric.LOGIT_DIFFERENCE, pair, logits, logits)
                - Readout.value(Metric.LOGIT_DIFFERENCE, pair, own.logits, own.logits);
    }

    @Test
    void refusesWhatCannotBeRead() {
        try (Backend backend = new CpuBackend(1)) {
            ModelConfig config = Toys.learned(1, 2, Toys.Block.MLP, Normalization.NONE);
            try (EdgeModel task = new EdgeModel(
                    Toys.model(backend, config, 1), PAIRS, Metric.KL, Ablation.of(Ablation.Kind.RESAMPLE))) {
                PathPatching paths = new PathPatching(task, false);
                assertThatThrownBy(() -> paths.effects(new Unit.Mlp(0), Set.of(new Receiver.MlpInput(0))))
                        .hasMessageContaining("above it");
                assertThatThrownBy(() -> paths.effects(new Unit.Head(0, 0), Set.of(new Receiver.MlpInput(1))))
                        .hasMessageContaining("m1 is no receiver");
                assertThatThrownBy(() -> paths.effects(new Unit.Head(0, 5), Set.of(new Receiver.MlpInput(0))))
                        .hasMessageContaining("a0.h5");
                assertThatThrownBy(() -> paths.effects(new Unit.Head(0, 0), Set.of()))
                        .hasMessageContaining("none");
            }
        }
    }
}
