package io.reprise.analysis.overlap.transport;

import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.overlap.transport.Recovery.Ratio;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether what component u of model A writes does in model B what the matched component v does there. A linear map M of residual
 * streams is fitted on random token sequences: from A's stream before u's layer to B's before v's and, with the same M, from after to
 * after, so that what u adds to the stream has to go where v adds to it, even when A's stream held the same information before. Then B runs the corrupt prompts with
 * v's output replaced by v(corrupt) + M·(u(clean) − u(corrupt)), and
 *
 * <p>recovered = (m(patched) − m(corrupt)) / (m(v's own clean value put in) − m(corrupt)),
 *
 * <p>a ratio of means over prompts. Changes are mapped, not values: a fit on whole streams tells where a change of the stream goes,
 * not which part of the stream's mean is u's. So a map that says nothing recovers nothing, where putting in v's mean instead would
 * already recover the half that comes of taking the corrupt value away.
 *
 * <p>What is recovered has to be seen beside the controls ({@link Control.Kind}). Heads and depth need not agree, nor width; the
 * token ids of the prompts must.
 */
public final class CausalTransport {
    private final Transformer second;
    private final PairSet pairs;
    private final Metric metric;
    private final TransportSpec spec;
    private final Patches patches;

    /**
     * @param first A
     * @param second B
     * @param tokens the task's vocabulary, {@link TaskTokens}
     * @param otherTask prompts for the control of that name; without them there is none
     * @throws IllegalArgumentException if a token is outside one of the vocabularies, no position has the spec's roles, or random
     *     sequences cannot be drawn
     */
    public CausalTransport(
            Transformer first,
            Transformer second,
            PairSet pairs,
            Metric metric,
            List<Integer> tokens,
            Optional<PairSet> otherTask,
            TransportSpec spec) {
        for (Transformer model : List.of(first, second)) {
            for (int token : tokens) {
                if (token < 0 || token >= model.config().dVocab()) {
                    throw new IllegalArgumentException("token " + token + " of the task is outside a vocabulary of 0.."
                            + (model.config().dVocab() - 1) + "; compare models that share the task's token ids");
                }
            }
        }
        this.second = second;
        this.pairs = pairs;
        this.metric = metric;
        this.spec = spec;
        this.patches = new Patches(first, second, pairs, tokens, otherTask, spec);
    }

    /** What one pair gave, prompt by prompt. */
    private static final class Measured {
        private final TransportResult.Pair pair;
        private final Optional<Ratio> transport;
        private final Map<Control.Kind, Ratio> strongest = new LinkedHashMap<>();

        Measured(TransportResult.Pair pair, Optional<Ratio> transport) {
            this.pair = pair;
            this.transport = transport;
        }
    }

    /** @throws IllegalArgumentException if there are no matches, or they name what is no head or MLP of its model */
    public TransportResult between(List<Match> matches) {
        if (matches.isEmpty()) {
            throw new IllegalArgumentException("no matched components; match the models' circuits first");
        }
        CorruptRun run = new CorruptRun(second, pairs, metric);
        double[] corrupt = run.values();
        List<Measured> measured =
                matches.stream().map(match -> measure(match, run, corrupt)).toList();
        return new TransportResult(
                pairs.name(),
                metric.key(),
                pairs.size(),
                spec,
                measured.stream().map(one -> one.pair).toList(),
                aggregate(measured));
    }

    private Measured measure(Match match, CorruptRun run, double[] corrupt) {
        Component to = new Component(second, match.to());
        StreamMap map = patches.map(match.from(), match.to());
        double[] own = difference(run.values(to, patches.own(match.to())), corrupt);
        double before = Recovery.mean(corrupt);
        double after = before + Recovery.mean(own);
        Optional<String> problem = Recovery.problem(own, Recovery.mean(difference(run.clean(), corrupt)));
        if (problem.isPresent()) {
            return new Measured(
                    pair(match, map, before, after, problem, Optional.empty(), List.of()), Optional.empty());
        }
        Recovery recovery = new Recovery(spec.resamples(), Rng.of(spec.seed()).split("prompts"));
        Ratio transport = new Ratio(difference(run.values(to, patches.mapped(match.from(), map)), corrupt), own);
        List<Control> controls = new ArrayList<>();
        Map<Control.Kind, Ratio> strongest = new LinkedHashMap<>();
        Map<Control.Kind, Double> most = new LinkedHashMap<>();
        for (Patches.Patch patch : patches.controls(match.from(), match.to(), map)) {
            Ratio ratio = new Ratio(difference(run.values(to, patch.changes()), corrupt), own);
            Recovered recovered = recovery.of(List.of(ratio));
            controls.add(new Control(patch.kind(), patch.name(), recovered));
            if (recovered.fraction() > most.getOrDefault(patch.kind(), Double.NEGATIVE_INFINITY)) {
                most.put(patch.kind(), recovered.fraction());
                strongest.put(patch.kind(), ratio);
            }
        }
        Optional<Recovered> recovered = Optional.of(recovery.of(List.of(transport)));
        Measured result = new Measured(
                pair(match, map, before, after, Optional.empty(), recovered, controls), Optional.of(transport));
        result.strongest.putAll(strongest);
        return result;
    }

    private static TransportResult.Pair pair(
            Match match,
            StreamMap map,
            double corrupt,
            double own,
            Optional<String> problem,
            Optional<Recovered> transport,
            List<Control> controls) {
        return new TransportResult.Pair(
                match.from().name(),
                match.to().name(),
                match.mass(),
                map.penalty(),
                map.heldOutError(),
                corrupt,
                own,
                problem,
                transport,
                controls);
    }

    private Optional<TransportResult.Aggregate> aggregate(List<Measured> measured) {
        List<Measured> known =
                measured.stream().filter(one -> one.transport.isPresent()).toList();
        if (known.isEmpty()) {
            return Optional.empty();
        }
        Recovery recovery = new Recovery(spec.resamples(), Rng.of(spec.seed()).split("prompts"));
        List<Control> controls = new ArrayList<>();
        for (Control.Kind kind : Control.Kind.values()) {
            List<Ratio> ratios = known.stream()
                    .flatMap(one -> Optional.ofNullable(one.strongest.get(kind)).stream())
                    .toList();
            if (!ratios.isEmpty()) {
                controls.add(new Control(kind, "strongest of " + ratios.size() + " pairs", recovery.of(ratios)));
            }
        }
        double all = measured.stream().mapToDouble(one -> one.pair.mass()).sum();
        double covered = known.stream().mapToDouble(one -> one.pair.mass()).sum();
        Recovered transport = recovery.of(
                known.stream().flatMap(one -> one.transport.stream()).toList());
        return Optional.of(new TransportResult.Aggregate(covered / all, transport, controls));
    }

    private static double[] difference(double[] values, double[] from) {
        double[] difference = values.clone();
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= from[i];
        }
        return difference;
    }
}
