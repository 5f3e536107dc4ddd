package io.reprise.analysis.overlap.between;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two circuits side by side.
 *
 * @param channels what was compared, by {@link SignatureChannel#key()}
 * @param matches components paired one to one, of greatest similarity together, weighted by importance; who found none isn't here
 * @param flows importance that was transported, pair by pair, largest first
 * @param distance debiased, {@code raw − ½ selfA − ½ selfB}: 0 for the same circuit twice
 * @param raw the transport's value
 * @param selfA the transport's value of the first side and itself
 * @param selfB of the second
 * @param matchedMass the share of importance that was transported
 * @param joined whether edges were compared, too
 * @param depthTau Kendall's τ-b of the matched components' relative depths; empty if one side's matches are all equally deep
 */
public record BetweenResult(
        Map<String, ChannelSummary> channels,
        List<Match> matches,
        List<Flow> flows,
        double distance,
        double raw,
        double selfA,
        double selfB,
        double matchedMass,
        boolean joined,
        Optional<Double> depthTau) {

    /**
     * One channel.
     *
     * @param nullPairs that its percentiles stand on
     * @param pairs of components that have it
     * @param matched mean percentile over the one-to-one matches that have it; empty if none has
     */
    public record ChannelSummary(int nullPairs, int pairs, Optional<Double> matched) {}

    /**
     * Two components that are each other's.
     *
     * @param a name of the first side's
     * @param b name of the second's
     * @param similarity the mean of the channels, 0 to 1
     * @param mass the smaller of their shares of importance
     * @param channels percentile by channel
     */
    public record Match(String a, String b, double similarity, double mass, Map<String, Double> channels) {}

    /** Importance that the transport moves from one component to another. */
    public record Flow(String a, String b, double mass) {}

    public BetweenResult {
        channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
        matches = List.copyOf(matches);
        flows = List.copyOf(flows);
    }
}
