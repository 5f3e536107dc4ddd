/** Equivalent weights: another model with the same log-probabilities whose parts are easier to compare. */
package io.reprise.model.processing;
