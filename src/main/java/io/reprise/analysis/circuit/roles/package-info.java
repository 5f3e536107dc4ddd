/** What single attention heads do: scores of known roles, each against models of the same shape with random weights. */
package io.reprise.analysis.circuit.roles;
