/** What may be said of two circuits: three verdicts, none of which follows from another. */
package io.reprise.analysis.overlap.verdict;
