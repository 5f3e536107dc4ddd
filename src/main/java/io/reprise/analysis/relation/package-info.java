/**
 * Linear relation operators (Hernandez et al. 2024, Linearity of Relation Decoding in Transformer Language Models): how a subject's
 * hidden state h becomes the state z from which the object is decoded, as z ≈ β·W·h + b, with W the Jacobian of z(h).
 */
package io.reprise.analysis.relation;
