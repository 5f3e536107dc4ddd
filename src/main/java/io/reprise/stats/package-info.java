/** Intervals and summaries on Commons Math, 95% throughout; every standard deviation is the sample's (divisor n − 1). */
package io.reprise.stats;
