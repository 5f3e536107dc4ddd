/** Says whether a model does a task well enough, and by more than a lookup, for a circuit to be looked for. */
package io.reprise.analysis.circuit.screen;
