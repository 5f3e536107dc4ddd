/**
 * How well operators stand for a relation: layer, β and rank chosen on training subjects, faithfulness and causality on the others,
 * beside baselines and ceilings.
 */
package io.reprise.analysis.relation.study;
