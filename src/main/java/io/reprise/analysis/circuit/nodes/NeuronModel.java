package io.reprise.analysis.circuit.nodes;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import java.util.EnumSet;
import java.util.Optional;

/** A model of whose heads and neurons only some are left as they are. Neurons are replaced after the non-linearity. */
public final class NeuronModel extends AblatedModel {
    public NeuronModel(Transformer model, PairSet pairs, Metric metric, Ablation ablation) {
        super(
                model,
                pairs,
                metric,
                ablation,
                Universe.neurons(ModelShape.of(model.config())),
                EnumSet.of(Slot.Z, Slot.POST));
    }

    @Override
    Spot spot(Unit unit) {
        if (unit instanceof Unit.Head head) {
            return new Spot(head.layer(), Slot.Z, head.head(), roles(Optional.empty()));
        }
        Unit.Neuron neuron = (Unit.Neuron) unit;
        return new Spot(neuron.layer(), Slot.POST, neuron.neuron(), roles(Optional.empty()));
    }
}
