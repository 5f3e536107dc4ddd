package io.reprise.experiment;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.roles.HeadRole;
import io.reprise.analysis.circuit.roles.HeadScore;
import io.reprise.analysis.circuit.roles.HeadScores;
import io.reprise.analysis.circuit.roles.RepeatLoss;
import io.reprise.analysis.circuit.roles.RepeatedBlocks;
import io.reprise.analysis.circuit.roles.RepeatedTokenScores;
import io.reprise.analysis.circuit.roles.ScoreHeads;
import io.reprise.config.AnalysisChoice;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.Rule;
import io.reprise.data.Split;
import io.reprise.data.TaskSpec;
import io.reprise.model.Transformer;
import io.reprise.run.Figure;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Induction in a model of repeated blocks (Olsson et al. 2022): which heads have the scores of it, beside random weights, and whether
 * the second block is as hard as the first without them, beside all other heads of
 * their layers and as many others.
 */
final class ToyInduction {
    private static final String PREFIX = "induction/";

    private final Transformer model;
    private final Dataset data;
    private final AnalysisChoice.Induction choice;
    private final double initStd;
    private final Rng rng;

    /** @param initStd standard deviation of the model's first weights */
    ToyInduction(Transformer model, Dataset data, AnalysisChoice.Induction choice, double initStd, long seed) {
        this.model = model;
        this.data = data;
        this.choice = choice;
        this.initStd = initStd;
        this.rng = Rng.of(seed).split("induction");
    }

    /** What can be told before training. @throws IllegalArgumentException if no component of the task repeats a block */
    static void requireTask(TaskSpec task) {
        if (task.components().stream().noneMatch(component -> component.rule() instanceof Rule.Repeat)) {
            throw new IllegalArgumentException(
                    "analyses: induction looks at repeated blocks, and the task has the rules "
                            + task.components().stream()
                                    .map(component -> component.rule().label())
                                    .distinct()
                                    .toList()
                            + "; give it rule: {repeat: {times: 2, repeats: false}}");
        }
    }

    /** Heads by what they were found to be. */
    private record Found(Set<Unit.Head> induction, Set<Unit.Head> previous) {
        Set<Unit.Head> all() {
            Set<Unit.Head> all = new LinkedHashSet<>(previous);
            all.addAll(induction);
            return all;
        }
    }

    /** @param progress hears how far it is */
    Findings findings(Consumer<String> progress) {
        RepeatedBlocks blocks = blocks();
        progress.accept("scores of heads");
        HeadScores scores = new ScoreHeads(
                        List.of(new RepeatedTokenScores(blocks, rng.split("scores"))),
                        choice.rule(),
                        initStd,
                        rng.split("twins"))
                .run(model);
        Found found = new Found(scores.heads(HeadRole.INDUCTION), scores.heads(HeadRole.PREVIOUS_TOKEN));
        progress.accept("loss without them");
        return Findings.of(
                List.of(figure(scores, HeadRole.INDUCTION), figure(scores, HeadRole.PREVIOUS_TOKEN)),
                metrics(blocks, scores, found));
    }

    private Map<String, Double> metrics(RepeatedBlocks blocks, HeadScores scores, Found found) {
        RepeatLoss whole = loss(blocks, Set.of());
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put(PREFIX + "first_loss", whole.first());
        metrics.put(PREFIX + "second_loss", whole.second());
        scores.largest().stream()
                .filter(largest -> largest.role() == HeadRole.INDUCTION)
                .forEach(largest -> {
                    metrics.put(PREFIX + "score", largest.score());
                    metrics.put(PREFIX + "random_weights_score", largest.nullMean());
                });
        ablated(metrics, "", blocks, whole, found.induction(), found);
        ablated(metrics, "previous_token_", blocks, whole, found.previous(), found);
        return metrics;
    }

    /** How much of what the second block is easier by goes with some heads, and with as many others of their layers. */
    private void ablated(
            Map<String, Double> metrics,
            String name,
            RepeatedBlocks blocks,
            RepeatLoss whole,
            Set<Unit.Head> heads,
            Found found) {
        metrics.put(PREFIX + name + "heads", (double) heads.size());
        RepeatLoss without = loss(blocks, heads);
        metrics.put(PREFIX + name + "ablated_first_loss", without.first());
        metrics.put(PREFIX + name + "ablated_second_loss", without.second());
        metrics.put(PREFIX + name + "returned", returned(whole, without));
        Set<Unit.Head> others = others(heads);
        metrics.put(PREFIX + name + "others", (double) others.size());
        metrics.put(PREFIX + name + "others_returned", returned(whole, loss(blocks, others)));
        List<Set<Unit.Head>> controls = controls(heads, found, rng.split("controls " + name));
        if (!controls.isEmpty()) {
            List<RepeatLoss> losses =
                    controls.stream().map(control -> loss(blocks, control)).toList();
            metrics.put(
                    PREFIX + name + "random_ablated_second_loss",
                    losses.stream().mapToDouble(RepeatLoss::second).average().orElseThrow());
            metrics.put(
                    PREFIX + name + "random_returned",
                    losses.stream()
                            .mapToDouble(loss -> returned(whole, loss))
                            .average()
                            .orElseThrow());
            metrics.put(
                    PREFIX + name + "random_returned_most",
                    losses.stream()
                            .mapToDouble(loss -> returned(whole, loss))
                            .max()
                            .orElseThrow());
        }
    }

    /** 0: the second block is as easy as for the whole model; 1: as hard as its first. */
    private static double returned(RepeatLoss whole, RepeatLoss without) {
        return (without.second() - whole.second()) / (whole.first() - whole.second());
    }

    /** All other heads of the layers that these are in. */
    private Set<Unit.Head> others(Set<Unit.Head> heads) {
        Set<Integer> layers = heads.stream().map(Unit.Head::layer).collect(Collectors.toSet());
        return Universe.heads(ModelShape.of(model.config())).units().stream()
                .map(Unit.Head.class::cast)
                .filter(head -> layers.contains(head.layer()) && !heads.contains(head))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /**
     * As many other heads, which have neither role: of the same layers as long as there are such, then of any layer; none if there
     * are too few in the model.
     */
    private List<Set<Unit.Head>> controls(Set<Unit.Head> heads, Found found, Rng draws) {
        List<Unit.Head> free = Universe.heads(ModelShape.of(model.config())).units().stream()
                .map(Unit.Head.class::cast)
                .filter(head -> !found.all().contains(head))
                .toList();
        if (heads.isEmpty() || free.size() < heads.size()) {
            return List.of();
        }
        Map<Integer, Long> wanted =
                heads.stream().collect(Collectors.groupingBy(Unit.Head::layer, Collectors.counting()));
        List<Set<Unit.Head>> controls = new ArrayList<>();
        for (int i = 0; i < choice.controls(); i++) {
            List<Unit.Head> order = Arrays.stream(draws.permutation(free.size()))
                    .mapToObj(free::get)
                    .toList();
            Set<Unit.Head> drawn = new LinkedHashSet<>();
            wanted.forEach((layer, count) -> order.stream()
                    .filter(head -> head.layer() == layer)
                    .limit(count)
                    .forEach(drawn::add));
            order.stream()
                    .filter(head -> !drawn.contains(head))
                    .limit(heads.size() - drawn.size())
                    .toList()
                    .forEach(drawn::add);
            controls.add(drawn);
        }
        return controls;
    }

    private RepeatLoss loss(RepeatedBlocks blocks, Set<Unit.Head> ablated) {
        return RepeatLoss.measure(model, blocks, ablated, rng.split("loss"));
    }

    /** New blocks of the task's tokens, as long as its longest. */
    private RepeatedBlocks blocks() {
        List<Example> repeated = data.examples(Split.TRAIN).stream()
                .filter(example -> example.origin().rule().startsWith("repeat"))
                .toList();
        List<Integer> tokens = repeated.stream()
                .flatMapToInt(
                        example -> IntStream.range(0, example.answerStart()).map(example::token))
                .distinct()
                .sorted()
                .boxed()
                .toList();
        int block = repeated.stream().mapToInt(Example::answerStart).max().orElseThrow();
        return new RepeatedBlocks(tokens, Math.min(block, tokens.size()), choice.sequences());
    }

    private Figure figure(HeadScores scores, HeadRole role) {
        int heads = model.config().nHeads();
        List<List<Double>> values = new ArrayList<>();
        for (int layer = 0; layer < model.config().nLayers(); layer++) {
            int own = layer;
            values.add(scores.of(role).stream()
                    .filter(score -> score.layer() == own)
                    .map(HeadScore::score)
                    .toList());
        }
        String name = role.key().replace('_', ' ');
        return new Figure(
                "heads-" + role.key().replace('_', '-'),
                "Score of heads: " + name,
                "Mean attention on repeated random blocks that " + name
                        + " asks for: 1 for a head that does nothing else.",
                "attention",
                "layer",
                "head",
                IntStream.range(0, values.size()).mapToObj(String::valueOf).toList(),
                IntStream.range(0, heads).mapToObj(String::valueOf).toList(),
                values);
    }
}
