package io.reprise.analysis.circuit.editing;

import io.reprise.analysis.circuit.Unit;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Activations;
import io.reprise.model.Intervention;
import io.reprise.model.Site;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * One constant vector per head: the mean of its z at the last position over the corrupt prompts of a task, minus that over the
 * clean ones. Adding it needs no donor, so it can stay on whatever the model is asked.
 */
public final class SteeringVectors {
    private final Transformer model;
    private final Map<Unit.Head, double[]> clean;
    private final Map<Unit.Head, double[]> difference;

    private SteeringVectors(Transformer model, Map<Unit.Head, double[]> clean, Map<Unit.Head, double[]> difference) {
        this.model = model;
        this.clean = clean;
        this.difference = difference;
    }

    /** Of every head of the model. */
    public static SteeringVectors fit(Transformer model, PairSet source) {
        Map<Unit.Head, double[]> clean = means(model, source, PromptPair::clean);
        Map<Unit.Head, double[]> difference = new LinkedHashMap<>();
        means(model, source, PromptPair::corrupt)
                .forEach((head, mean) -> difference.put(
                        head,
                        IntStream.range(0, mean.length)
                                .mapToDouble(i -> mean[i] - clean.get(head)[i])
                                .toArray()));
        return new SteeringVectors(model, clean, difference);
    }

    /** Random directions as long as these. */
    public SteeringVectors randomDirections(Rng rng) {
        Map<Unit.Head, double[]> random = new LinkedHashMap<>();
        difference.forEach((head, vector) -> {
            Rng own = rng.split(head.name());
            double[] direction = IntStream.range(0, vector.length)
                    .mapToDouble(i -> own.nextGaussian())
                    .toArray();
            double scale = norm(vector) / norm(direction);
            for (int i = 0; i < direction.length; i++) {
                direction[i] *= scale;
            }
            random.put(head, direction);
        });
        return new SteeringVectors(model, clean, random);
    }

    /** The model with {@code strength} times the vectors added to these heads at the last position. */
    public Variant on(Set<Unit.Head> heads, double strength) {
        return pairs -> LastLogits.of(model, pairs, group -> edits(group, heads, strength));
    }

    /** The mean z at the last position over the clean prompts, [d_head]; not copied. */
    double[] clean(Unit.Head head) {
        return clean.get(head);
    }

    /** What is added, [d_head]; not copied. */
    double[] difference(Unit.Head head) {
        return difference.get(head);
    }

    private List<Intervention> edits(PairSet.Group group, Set<Unit.Head> heads, double strength) {
        List<Intervention> edits = new ArrayList<>();
        Heads.byLayer(heads)
                .forEach((layer, chosen) -> edits.add(new Intervention(
                        Site.of(Site.Kind.Z, layer),
                        Set.of(group.length() - 1),
                        chosen,
                        (sequence, position, head, vector) -> {
                            double[] added = difference.get(new Unit.Head(layer, head));
                            for (int i = 0; i < vector.length; i++) {
                                vector[i] += strength * added[i];
                            }
                        })));
        return edits;
    }

    private static Map<Unit.Head, double[]> means(
            Transformer model, PairSet pairs, Function<PromptPair, List<Integer>> side) {
        List<Site> sites = IntStream.range(0, model.config().nLayers())
                .mapToObj(layer -> Site.of(Site.Kind.Z, layer))
                .toList();
        Map<Unit.Head, double[]> means = new LinkedHashMap<>();
        for (PairSet.Group group : pairs.groups()) {
            Activations run = model.run(LastLogits.tokens(group, side), sites);
            for (Site site : sites) {
                for (int head = 0; head < model.config().nHeads(); head++) {
                    double[] mean = means.computeIfAbsent(
                            new Unit.Head(site.layer(), head),
                            key -> new double[model.config().dHead()]);
                    for (int sequence = 0; sequence < group.pairs().size(); sequence++) {
                        for (int i = 0; i < mean.length; i++) {
                            mean[i] += run.get(site).at(sequence, group.length() - 1, head, i) / pairs.size();
                        }
                    }
                }
            }
        }
        return means;
    }

    private static double norm(double[] vector) {
        double squares = 0;
        for (double value : vector) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }
}
