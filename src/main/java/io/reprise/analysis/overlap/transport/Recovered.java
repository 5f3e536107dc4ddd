package io.reprise.analysis.overlap.transport;

import io.reprise.stats.Interval;

/**
 * What a patch recovers of what the component's own clean value recovers.
 *
 * @param fraction ratio of means over prompts: 1 is all of it, 0 nothing
 * @param interval 95%, over prompts
 */
public record Recovered(double fraction, Interval interval) {}
