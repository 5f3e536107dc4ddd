package io.reprise.analysis.overlap.transport;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.data.PairSet;
import io.reprise.model.Activations;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What is added to a component of the second model: the mapped change of one of the first, and its controls. */
final class Patches {
    private final Transformer first;
    private final Transformer second;
    private final PairSet pairs;
    private final Optional<PairSet> otherTask;
    private final TransportSpec spec;
    private final Rng rng;
    private final List<Tokens> sequences;
    private final List<Set<Integer>> positions;
    private final DirectLogits directLogits;
    private final Map<Unit, List<Activations.Value>> changes = new HashMap<>();
    private final Map<List<Site>, StreamSample> firstStreams = new HashMap<>();
    private final Map<List<Site>, StreamSample> secondStreams = new HashMap<>();
    private final Map<List<List<Site>>, StreamMap> maps = new HashMap<>();

    Patches(
            Transformer first,
            Transformer second,
            PairSet pairs,
            List<Integer> tokens,
            Optional<PairSet> otherTask,
            TransportSpec spec) {
        this.first = first;
        this.second = second;
        this.pairs = pairs;
        this.otherTask = otherTask;
        this.spec = spec;
        this.rng = Rng.of(spec.seed());
        this.positions =
                pairs.groups().stream().map(group -> patched(group, spec)).toList();
        if (positions.stream().allMatch(Set::isEmpty)) {
            throw new IllegalArgumentException("positions = " + spec.positions() + ": the prompts of " + pairs.name()
                    + " have no such roles; they have " + pairs.roles());
        }
        this.sequences = RandomSequences.like(pairs, tokens, spec.sequences(), rng.split("sequences"));
        this.directLogits = new DirectLogits(first, second, tokens);
    }

    /** @param changes per group [prompt, pos, d_model of the second] */
    record Patch(Control.Kind kind, String name, List<Activations.Value> changes) {}

    /** From the first model's stream around {@code from} to the second's around {@code to}. */
    StreamMap map(Unit from, Unit to) {
        List<Site> start = new Component(first, from).ends();
        List<Site> end = new Component(second, to).ends();
        return maps.computeIfAbsent(
                List.of(start, end), key -> new MapFit(spec).fit(firstStream(start), secondStream(end)));
    }

    /** The second model's own. */
    List<Activations.Value> own(Unit to) {
        return image(new Component(second, to).changes(pairs), second.config().dModel(), change -> change);
    }

    List<Activations.Value> mapped(Unit from, StreamMap map) {
        return image(change(from), second.config().dModel(), map::apply);
    }

    List<Patch> controls(Unit from, Unit to, StreamMap map) {
        List<Patch> controls = new ArrayList<>();
        List<Site> start = new Component(first, from).ends();
        List<Site> end = new Component(second, to).ends();
        List<Activations.Value> mapped = mapped(from, map);
        for (int draw = 0; draw < spec.draws(); draw++) {
            Rng own = rng.split(from.name() + " " + to.name() + " " + draw);
            StreamMap shuffled = new MapFit(spec)
                    .shuffled(firstStream(start), secondStream(end), map.penalty(), own.split("shuffled"));
            controls.add(new Patch(Control.Kind.SHUFFLED_MAP, "draw " + draw, mapped(from, shuffled)));
            controls.add(new Patch(Control.Kind.RANDOM_MAP, "draw " + draw, random(from, mapped, own.split("random"))));
        }
        for (Unit other : others(from, rng.split("unmatched " + from.name()))) {
            List<Activations.Value> change = mapped(other, map);
            // what M makes of directions that its fit never saw is arbitrary, and would count for nothing but its
            // length
            double factor = Math.min(1, length(mapped, change));
            controls.add(new Patch(Control.Kind.UNMATCHED, other.name(), scaled(change, factor)));
        }
        otherTask.ifPresent(task -> controls.add(new Patch(
                Control.Kind.WRONG_TASK,
                task.name(),
                image(
                        aligned(task, new Component(first, from).changes(task)),
                        second.config().dModel(),
                        map::apply))));
        controls.add(new Patch(
                Control.Kind.DIRECT_LOGITS,
                from.name(),
                image(
                        directLogits.pulledBack(pairs, change(from)),
                        second.config().dModel(),
                        change -> change)));
        return controls;
    }

    /** A rotation of the changes, as long as the mapped ones in the mean of squares. */
    private List<Activations.Value> random(Unit from, List<Activations.Value> mapped, Rng own) {
        StreamMap rotation = new StreamMap(
                RandomMap.orthogonal(second.config().dModel(), first.config().dModel(), own), 0, Double.NaN);
        List<Activations.Value> turned = mapped(from, rotation);
        return scaled(turned, length(mapped, turned));
    }

    /** What makes {@code changes} as long as {@code wanted}, by the mean of squares. */
    private static double length(List<Activations.Value> wanted, List<Activations.Value> changes) {
        double squares = squares(changes);
        return squares == 0 ? 0 : Math.sqrt(squares(wanted) / squares);
    }

    private static List<Activations.Value> scaled(List<Activations.Value> changes, double factor) {
        return changes.stream()
                .map(value -> Activations.Value.of(
                        value.shape(),
                        Arrays.stream(value.data()).map(x -> x * factor).toArray()))
                .toList();
    }

    private static double squares(List<Activations.Value> changes) {
        return changes.stream()
                .flatMapToDouble(value -> Arrays.stream(value.data()))
                .map(x -> x * x)
                .sum();
    }

    /** Components of the same type, those of the same layer first; a sample, if there are more than wanted. */
    private List<Unit> others(Unit from, Rng own) {
        List<Unit> all = Universe.nodes(ModelShape.of(first.config())).units().stream()
                .filter(unit -> unit.type().equals(from.type()) && !unit.equals(from))
                .toList();
        return IntStream.of(own.permutation(all.size()))
                .mapToObj(all::get)
                .sorted(Comparator.comparing(unit -> unit.layer() != from.layer()))
                .limit(spec.unmatched())
                .toList();
    }

    /**
     * Changes at another task's prompts, dealt to this one's at random (in turn, prompts made by one recipe could share a member),
     * ends together; zero where those are shorter.
     */
    private List<Activations.Value> aligned(PairSet task, List<Activations.Value> other) {
        List<Activations.Value> aligned = new ArrayList<>();
        int d = first.config().dModel();
        int next = 0;
        int[] order = rng.split("wrong task").permutation(task.size());
        for (PairSet.Group group : pairs.groups()) {
            int length = group.length();
            double[] flat = new double[group.pairs().size() * length * d];
            for (int i = 0; i < group.pairs().size(); i++) {
                int index = order[next++ % order.length];
                int g = 0;
                while (index >= other.get(g).shape().dim(0)) {
                    index -= other.get(g++).shape().dim(0);
                }
                Activations.Value source = other.get(g);
                int there = source.shape().dim(1);
                int shared = Math.min(length, there);
                System.arraycopy(
                        source.data(),
                        ((index + 1) * there - shared) * d,
                        flat,
                        ((i + 1) * length - shared) * d,
                        shared * d);
            }
            aligned.add(Activations.Value.of(Shape.of(group.pairs().size(), length, d), flat));
        }
        return aligned;
    }

    private List<Activations.Value> change(Unit from) {
        return changes.computeIfAbsent(from, unit -> new Component(first, unit).changes(pairs));
    }

    /** Each vector at a patched position through {@code map}; zero elsewhere. */
    private List<Activations.Value> image(List<Activations.Value> values, int width, UnaryOperator<double[]> map) {
        List<Activations.Value> images = new ArrayList<>();
        for (int g = 0; g < values.size(); g++) {
            Activations.Value value = values.get(g);
            int n = value.shape().dim(0);
            int length = value.shape().dim(1);
            int d = value.shape().dim(2);
            double[] flat = new double[n * length * width];
            for (int row = 0; row < n * length; row++) {
                if (positions.get(g).contains(row % length)) {
                    double[] vector = Arrays.copyOfRange(value.data(), row * d, (row + 1) * d);
                    System.arraycopy(map.apply(vector), 0, flat, row * width, width);
                }
            }
            images.add(Activations.Value.of(Shape.of(n, length, width), flat));
        }
        return images;
    }

    private StreamSample firstStream(List<Site> ends) {
        return firstStreams.computeIfAbsent(ends, at -> streams(first, at));
    }

    private StreamSample secondStream(List<Site> ends) {
        return secondStreams.computeIfAbsent(ends, at -> streams(second, at));
    }

    private StreamSample streams(Transformer model, List<Site> ends) {
        List<StreamSample.Block> blocks = new ArrayList<>();
        for (int g = 0; g < sequences.size(); g++) {
            if (positions.get(g).isEmpty()) {
                continue;
            }
            Activations run = model.run(sequences.get(g), ends);
            for (Site end : ends) {
                blocks.add(StreamSample.Block.of(run.get(end), positions.get(g)));
            }
        }
        return new StreamSample(blocks, model.config().dModel(), spec.heldOut());
    }

    private static Set<Integer> patched(PairSet.Group group, TransportSpec spec) {
        return IntStream.range(0, group.length())
                .filter(i -> spec.positions().isEmpty()
                        || spec.positions().contains(group.roles().get(i)))
                .boxed()
                .collect(Collectors.toSet());
    }
}
