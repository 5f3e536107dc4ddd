/**
 * Groups of models at one task, such as seeds of two architectures: circuits, ways through the logit lens and relation operators side
 * by side, each between its null and its ceiling, and the three verdicts.
 */
package io.reprise.analysis.overlap.groups;
