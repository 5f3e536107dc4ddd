/** Two models at one task: what their circuits, the lens and the relation's operators say together. */
package io.reprise.analysis.overlap;
