package io.reprise.analysis.circuit.nodes;

import java.util.BitSet;

/**
 * Where a unit acts.
 *
 * @param block the head or neuron; 0 for a whole MLP
 * @param roles indices of the roles at whose positions it can be replaced
 */
record Spot(int layer, Slot slot, int block, BitSet roles) {}
