package io.reprise.analysis.circuit.nodes;

import io.reprise.model.ModelConfig;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What is replaced, layer by layer and slot by slot. Immutable. */
final class Edits {
    private final Mask[][] masks;

    private Edits(Mask[][] masks) {
        this.masks = masks;
    }

    static Edits none(ModelConfig config) {
        Mask[] layer = Arrays.stream(Slot.values())
                .map(slot -> Mask.none(slot.blocks(config)))
                .toArray(Mask[]::new);
        Mask[][] masks = new Mask[config.nLayers()][];
        Arrays.fill(masks, layer);
        return new Edits(masks);
    }

    /** What was replaced at {@code spots} is live, and the other way round. */
    Edits flipped(Collection<Spot> spots) {
        Mask[][] changed = masks.clone();
        Map<Integer, Map<Slot, List<Spot>>> places =
                spots.stream().collect(Collectors.groupingBy(Spot::layer, Collectors.groupingBy(Spot::slot)));
        places.forEach((layer, bySlot) -> {
            changed[layer] = changed[layer].clone();
            bySlot.forEach(
                    (slot, some) -> changed[layer][slot.ordinal()] = changed[layer][slot.ordinal()].flipped(some));
        });
        return new Edits(changed);
    }

    Mask mask(int layer, Slot slot) {
        return masks[layer][slot.ordinal()];
    }

    /** The heads whose output is not replaced everywhere in {@code view}. */
    int[] liveHeads(int layer, View view) {
        Mask z = mask(layer, Slot.Z);
        return IntStream.range(0, z.blocks())
                .filter(head -> !z.everywhere(view, head))
                .toArray();
    }
}
