package io.reprise.analysis.circuit.editing;

import io.reprise.analysis.circuit.Unit;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Heads by layer. */
final class Heads {
    private Heads() {}

    /** Layer → heads, from the first layer up. */
    static Map<Integer, Set<Integer>> byLayer(Set<Unit.Head> heads) {
        Map<Integer, Set<Integer>> byLayer = new TreeMap<>();
        heads.forEach(head ->
                byLayer.computeIfAbsent(head.layer(), layer -> new TreeSet<>()).add(head.head()));
        return byLayer;
    }
}
