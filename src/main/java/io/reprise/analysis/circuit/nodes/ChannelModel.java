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

/**
 * A model of whose heads' queries, keys, values and outputs, by role of the position, and whole MLPs only some are left as they are.
 * Queries and keys are replaced before any rotation.
 */
public final class ChannelModel extends AblatedModel {
    public ChannelModel(Transformer model, PairSet pairs, Metric metric, Ablation ablation) {
        super(
                model,
                pairs,
                metric,
                ablation,
                Universe.channels(ModelShape.of(model.config()), pairs.roles()),
                EnumSet.of(Slot.Q, Slot.K, Slot.V, Slot.Z, Slot.OUT));
    }

    @Override
    Spot spot(Unit unit) {
        if (unit instanceof Unit.Channel channel) {
            Slot slot =
                    switch (channel.port()) {
                        case Q -> Slot.Q;
                        case K -> Slot.K;
                        case V -> Slot.V;
                        case Z -> Slot.Z;
                    };
            return new Spot(channel.layer(), slot, channel.head(), roles(Optional.of(channel.role())));
        }
        return new Spot(unit.layer(), Slot.OUT, 0, roles(Optional.empty()));
    }
}
