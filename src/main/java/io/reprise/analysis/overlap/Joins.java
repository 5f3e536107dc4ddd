package io.reprise.analysis.overlap;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.overlap.between.BetweenResult;
import io.reprise.analysis.overlap.between.CrossCsi;
import io.reprise.analysis.overlap.channels.ChannelComparison;
import io.reprise.analysis.overlap.transport.Control;
import io.reprise.analysis.overlap.transport.Match;
import io.reprise.analysis.overlap.transport.TransportResult;
import io.reprise.analysis.overlap.verdict.Verdict;
import io.reprise.analysis.overlap.verdict.Verdicts;
import io.reprise.analysis.overlap.verdict.Verdicts.Finding;
import io.reprise.stats.Interval;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Hands the result of one method of comparing to the next. */
public final class Joins {
    private Joins() {}

    /**
     * The one-to-one matches of two circuits' heads and MLPs, by what they weigh; those that weigh nothing are left out.
     *
     * @throws IllegalArgumentException if a name is no head or MLP of its model
     */
    public static List<Match> matches(BetweenResult result, ModelShape first, ModelShape second) {
        Universe a = Universe.nodes(first);
        Universe b = Universe.nodes(second);
        return result.matches().stream()
                .filter(match -> match.mass() > 0)
                .map(match -> new Match(unit(a, match.a()), unit(b, match.b()), match.mass()))
                .toList();
    }

    private static Unit unit(Universe universe, String name) {
        return universe.find(name)
                .orElseThrow(() -> new IllegalArgumentException(name + " is not among the " + universe));
    }

    /**
     * X-CSI as a channel's figure.
     *
     * @param nulls mean distances by kind, of which X-CSI stands on the nearest
     */
    public static ChannelComparison figure(CrossCsi.Result csi, int prompts, Map<String, Double> nulls) {
        return new ChannelComparison(
                "circuits: X-CSI",
                prompts,
                csi.distance().mean(),
                nulls,
                csi.nulls().mean(),
                Optional.of(csi.ceilings().mean()),
                csi.value(),
                csi.interval(),
                csi.reason());
    }

    /** Whether X-CSI's interval is above chance. */
    public static Verdict structural(ChannelComparison csi) {
        return Verdicts.structural(csi.interval()
                .map(Finding::of)
                .orElseGet(() -> Finding.missing(csi.problem().orElse("it has no interval"))));
    }

    /** The verdict on all matched pairs together. */
    public static Verdict causal(TransportResult result) {
        if (result.all().isEmpty()) {
            String problem = result.pairs().stream()
                    .flatMap(pair -> pair.problem().stream())
                    .findFirst()
                    .orElse("no pair was measured");
            return Verdicts.causal(Finding.missing("no pair's effect is known: " + problem), Map.of(), none());
        }
        TransportResult.Aggregate all = result.all().get();
        return causal(all.transport().interval(), all.controls());
    }

    /** The verdict on one pair. */
    public static Verdict causal(TransportResult.Pair pair) {
        return pair.transport()
                .map(transport -> causal(transport.interval(), pair.controls()))
                .orElseGet(() -> Verdicts.causal(
                        Finding.missing(pair.problem().orElse("it was not measured")), Map.of(), none()));
    }

    private static Verdict causal(Interval transport, List<Control> controls) {
        Map<String, Interval> others = new LinkedHashMap<>();
        Finding direct = none();
        for (Control control : controls) {
            if (control.kind() == Control.Kind.DIRECT_LOGITS) {
                direct = Finding.of(control.recovered().interval());
            } else {
                others.put(
                        control.kind().words() + " (" + control.name() + ")",
                        control.recovered().interval());
            }
        }
        return Verdicts.causal(Finding.of(transport), others, direct);
    }

    private static Finding none() {
        return Finding.missing("not measured");
    }
}
