/**
 * Causal transport: whether what a component of one model writes does, mapped into the stream of another model, what the component
 * that it was matched with does there.
 */
package io.reprise.analysis.overlap.transport;
