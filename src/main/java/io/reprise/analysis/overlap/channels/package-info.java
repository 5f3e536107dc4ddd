/**
 * Ways of comparing two models at a task beside their circuits: the lens's trajectories by relative depth, and the task's relation
 * operators in token space. Every figure stands between a null (random weights, another relation) and a ceiling (other seeds).
 */
package io.reprise.analysis.overlap.channels;
