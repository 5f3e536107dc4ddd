/**
 * Edits of circuits: taking units out, making a circuit's heads give a chosen wrong answer, and training again afterwards; always
 * with what the edit does to other tasks, and what the same edit of other heads does.
 */
package io.reprise.analysis.circuit.editing;
