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

/** A model of whose heads and MLPs only some are left as they are. */
public final class NodeModel extends AblatedModel {
    public NodeModel(Transformer model, PairSet pairs, Metric metric, Ablation ablation) {
        super(
                model,
                pairs,
                metric,
                ablation,
                Universe.nodes(ModelShape.of(model.config())),
                EnumSet.of(Slot.Z, Slot.OUT));
    }

    @Override
    Spot spot(Unit unit) {
        if (unit instanceof Unit.Head head) {
            return new Spot(head.layer(), Slot.Z, head.head(), roles(Optional.empty()));
        }
        return new Spot(unit.layer(), Slot.OUT, 0, roles(Optional.empty()));
    }
}
