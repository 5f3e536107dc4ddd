package io.reprise.analysis.circuit.nodes;

import io.reprise.analysis.circuit.Pruning;
import io.reprise.analysis.circuit.Unit;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Keeps the stream at each layer's input, and the workings of the layer that is being tried, of what is kept now: a trial runs from
 * where its unit acts. Gives the bits that {@link AblatedModel#values} gives.
 */
final class LayeredPruning implements Pruning {
    private final AblatedModel model;
    private final Set<Unit> kept;
    private final List<Streams> streams;
    private Edits edits;

    LayeredPruning(AblatedModel model, Set<Unit> kept) {
        this.model = model;
        this.edits = model.edits(kept);
        this.kept = new LinkedHashSet<>(model.universe().units());
        this.kept.retainAll(kept);
        this.streams = model.parts().stream()
                .map(part -> new Streams(part, model.keptAreReplaced()))
                .toList();
    }

    @Override
    public Set<Unit> kept() {
        return Collections.unmodifiableSet(new LinkedHashSet<>(kept));
    }

    @Override
    public double[] without(Unit unit) {
        model.universe().require(Set.of(unit));
        Spot spot = model.spot(unit);
        Edits trial = kept.contains(unit) ? edits.flipped(List.of(spot)) : edits;
        return model.eachPart((index, part) ->
                part.upward(spot.layer() + 1, streams.get(index).block(spot, edits, trial), trial));
    }

    @Override
    public void drop(Unit unit) {
        model.universe().require(Set.of(unit));
        if (kept.remove(unit)) {
            Spot spot = model.spot(unit);
            edits = edits.flipped(List.of(spot));
            streams.forEach(stream -> stream.changed(spot));
        }
    }
}
