/** What one component writes as another reads it: circuits of edges, and how they are found. */
package io.reprise.analysis.circuit.edges;
