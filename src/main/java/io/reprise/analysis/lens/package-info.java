/**
 * The logit lens (nostalgebraist 2020): what the final norm and the unembedding, or any later part of the model, make of the
 * residual stream at every depth.
 */
package io.reprise.analysis.lens;
