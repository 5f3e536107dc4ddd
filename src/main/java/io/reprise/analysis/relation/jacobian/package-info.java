/**
 * z(h) of a transformer and its Jacobian: a layer at a time, forwards or backwards, from tokens or from a boundary.
 */
package io.reprise.analysis.relation.jacobian;
