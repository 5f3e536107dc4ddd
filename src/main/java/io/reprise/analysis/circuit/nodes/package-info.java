/** A model of whose heads, MLPs, neurons or channels only some are left as they are. */
package io.reprise.analysis.circuit.nodes;
