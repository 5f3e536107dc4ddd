package io.reprise.analysis.overlap.groups;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.overlap.Joins;
import io.reprise.analysis.overlap.between.Between;
import io.reprise.analysis.overlap.channels.Pairings.Pair;
import io.reprise.analysis.overlap.transport.CausalTransport;
import io.reprise.analysis.overlap.transport.Control;
import io.reprise.analysis.overlap.transport.Match;
import io.reprise.analysis.overlap.transport.Recovered;
import io.reprise.analysis.overlap.transport.TaskTokens;
import io.reprise.analysis.overlap.transport.TransportResult;
import io.reprise.analysis.overlap.verdict.Verdict;
import io.reprise.analysis.overlap.verdict.Verdicts;
import io.reprise.analysis.overlap.verdict.Verdicts.Finding;
import io.reprise.stats.Estimate;
import io.reprise.stats.Interval;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What moves from model to model and still works: circuits as a whole (transfer), and single components (transport). */
final class Transplants {
    private final CompareSpec spec;
    private final ComparePrompts prompts;
    private final Between between;

    Transplants(CompareSpec spec, ComparePrompts prompts, Between between) {
        this.spec = spec;
        this.prompts = prompts;
        this.between = between;
    }

    /** The two verdicts and their numbers. */
    record Result(
            Verdict functional,
            Verdict causal,
            Optional<TransportResult> firstTransport,
            Map<String, Estimate> figures) {}

    Result of(List<Pair<ModelReading>> pairs, Consumer<String> progress) {
        Transplant transplant = new Transplant(between);
        List<Estimate> there = new ArrayList<>();
        List<Estimate> back = new ArrayList<>();
        List<Optional<TransportResult>> transports = new ArrayList<>();
        for (Pair<ModelReading> pair : pairs) {
            progress.accept("from " + pair.one().name() + " to " + pair.other().name());
            there.add(transplant.tau(pair.one(), pair.other()));
            back.add(transplant.tau(pair.other(), pair.one()));
            transports.add(transport(pair.one(), pair.other()));
        }
        Map<String, Estimate> figures = new LinkedHashMap<>();
        figures.put("tau_there", Figures.over(there));
        figures.put("tau_back", Figures.over(back));
        Verdict functional = Verdicts.functional(finding(figures.get("tau_there")), finding(figures.get("tau_back")));
        return new Result(functional, causal(transports, figures), transports.get(0), figures);
    }

    private Optional<TransportResult> transport(ModelReading from, ModelReading to) {
        List<Match> matches = Joins.matches(
                between.compare(from.part(), to.part()),
                ModelShape.of(from.model().config()),
                ModelShape.of(to.model().config()));
        if (matches.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new CausalTransport(
                        from.model(),
                        to.model(),
                        prompts.evaluation(),
                        spec.search().metric(),
                        TaskTokens.of(prompts.evaluation()),
                        prompts.other(),
                        spec.transport())
                .between(matches));
    }

    /** Of one pair its own verdict; of more, the same rule on intervals over pairs. */
    private static Verdict causal(List<Optional<TransportResult>> transports, Map<String, Estimate> figures) {
        Estimate moved = Figures.over(transports.stream()
                .map(one -> one.map(Transplants::estimate)
                        .orElseGet(() -> Estimate.none("no component of one circuit has a match in the other")))
                .toList());
        figures.put("transport", moved);
        if (moved.value().isEmpty()) {
            return Verdicts.causal(finding(moved), Map.of(), Finding.missing("not measured"));
        }
        Map<Control.Kind, List<Estimate>> kinds = new EnumMap<>(Control.Kind.class);
        transports.forEach(one -> one.flatMap(TransportResult::all)
                .orElseThrow()
                .controls()
                .forEach(control -> kinds.computeIfAbsent(control.kind(), kind -> new ArrayList<>())
                        .add(estimate(control.recovered()))));
        Map<String, Interval> controls = new LinkedHashMap<>();
        Finding direct = Finding.missing("not measured");
        for (Map.Entry<Control.Kind, List<Estimate>> kind : kinds.entrySet()) {
            Estimate estimate = Figures.over(kind.getValue());
            figures.put(kind.getKey().name().toLowerCase(Locale.ROOT), estimate);
            if (kind.getKey() == Control.Kind.DIRECT_LOGITS) {
                direct = finding(estimate);
            } else {
                controls.put(kind.getKey().words(), estimate.interval().orElseThrow());
            }
        }
        return Verdicts.causal(finding(moved), controls, direct);
    }

    private static Estimate estimate(TransportResult result) {
        return result.all()
                .map(all -> estimate(all.transport()))
                .orElseGet(() -> Estimate.none(Joins.causal(result).because()));
    }

    private static Estimate estimate(Recovered recovered) {
        return Estimate.of(recovered.fraction(), recovered.interval());
    }

    private static Finding finding(Estimate estimate) {
        return estimate.interval()
                .map(Finding::of)
                .orElseGet(() -> Finding.missing(estimate.problem().orElse("it has no interval")));
    }
}
