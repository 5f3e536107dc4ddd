/** Finding circuits: which units a task needs. */
package io.reprise.analysis.circuit.discovery;
