/** How good a circuit is: what it does alone, what is missing without it, and what random circuits of its kind would do. */
package io.reprise.analysis.circuit.evaluation;
