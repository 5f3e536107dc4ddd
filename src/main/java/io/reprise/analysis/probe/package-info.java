/** Probes: small classifiers on a model's activations, with the controls that keep them from flattering. */
package io.reprise.analysis.probe;
