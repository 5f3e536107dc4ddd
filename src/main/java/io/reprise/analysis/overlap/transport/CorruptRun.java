package io.reprise.analysis.overlap.transport;

import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Readout;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Activations;
import io.reprise.model.Intervention;
import io.reprise.model.Site;
import io.reprise.model.Site.Kind;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A model's corrupt run with something added to what one component writes. Up to that component the run is the corrupt one, so that
 * adding a change of the component's output is putting the changed output in its place.
 */
final class CorruptRun {
    private final Transformer model;
    private final PairSet pairs;
    private final Metric metric;
    private final FinalStream end;
    private final double[][] full;

    CorruptRun(Transformer model, PairSet pairs, Metric metric) {
        this.model = model;
        this.pairs = pairs;
        this.metric = metric;
        this.end = new FinalStream(model);
        List<double[]> logits = new ArrayList<>();
        for (PairSet.Group group : pairs.groups()) {
            logits.addAll(Arrays.asList(end.logits(end.last(group, PromptPair::clean))));
        }
        this.full = logits.toArray(double[][]::new);
    }

    /** The metric of every prompt in the clean run. */
    double[] clean() {
        return values(Arrays.asList(full));
    }

    /** The metric of every prompt, nothing added. */
    double[] values() {
        List<double[]> rows = new ArrayList<>();
        for (PairSet.Group group : pairs.groups()) {
            rows.addAll(Arrays.asList(end.logits(end.last(group, PromptPair::corrupt))));
        }
        return values(rows);
    }

    /** @param changes per group [prompt, pos, d_model] */
    double[] values(Component component, List<Activations.Value> changes) {
        Site input = Site.of(Kind.RESID_PRE, component.output().layer());
        Site last = end.site();
        List<double[]> rows = new ArrayList<>();
        for (int g = 0; g < changes.size(); g++) {
            PairSet.Group group = pairs.groups().get(g);
            Activations.Value change = changes.get(g);
            Activations.Value below = model.run(Component.tokens(group, PromptPair::corrupt), List.of(input))
                    .get(input);
            Intervention add = Intervention.everywhere(component.output(), (sequence, position, head, vector) -> {
                for (int i = 0; i < vector.length; i++) {
                    vector[i] += change.at(sequence, position, i);
                }
            });
            Activations.Value top = model.resume(input.layer(), below, List.of(last), List.of(add))
                    .get(last);
            rows.addAll(Arrays.asList(end.logits(FinalStream.lastRows(top))));
        }
        return values(rows);
    }

    private double[] values(List<double[]> logits) {
        List<PromptPair> prompts = pairs.pairs();
        return IntStream.range(0, prompts.size())
                .mapToDouble(i -> Readout.value(metric, prompts.get(i), logits.get(i), full[i]))
                .toArray();
    }
}
