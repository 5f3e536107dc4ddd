/** How much of a circuit one model re-uses for another task: in structure and in function, each beside its null and its ceiling. */
package io.reprise.analysis.overlap.within;
