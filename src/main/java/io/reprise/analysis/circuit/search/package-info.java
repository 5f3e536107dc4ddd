/** One way from a model and prompts to a circuit, whatever the method and the units. */
package io.reprise.analysis.circuit.search;
