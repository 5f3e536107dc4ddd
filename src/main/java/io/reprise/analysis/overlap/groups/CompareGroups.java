package io.reprise.analysis.overlap.groups;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.overlap.Joins;
import io.reprise.analysis.overlap.ModelComparison;
import io.reprise.analysis.overlap.ModelComparison.Channel;
import io.reprise.analysis.overlap.ModelComparison.Kind;
import io.reprise.analysis.overlap.between.Between;
import io.reprise.analysis.overlap.between.CrossCsi;
import io.reprise.analysis.overlap.between.SeedPair;
import io.reprise.analysis.overlap.channels.ChannelComparison;
import io.reprise.analysis.overlap.channels.LensComparison;
import io.reprise.analysis.overlap.channels.LensProfile;
import io.reprise.analysis.overlap.channels.LensSummary;
import io.reprise.analysis.overlap.channels.OperatorComparison;
import io.reprise.analysis.overlap.channels.Pairings;
import io.reprise.analysis.overlap.channels.Pairings.Pair;
import io.reprise.analysis.overlap.channels.Resamples;
import io.reprise.analysis.overlap.channels.TaskOperator;
import io.reprise.analysis.overlap.verdict.Verdict;
import io.reprise.stats.Estimate;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Compares groups of models at a task: two groups, with the seeds within each as the ceiling; or the seeds of one group with each
 * other, every pair with all pairs but itself as the ceiling. Circuits, lens and operators are compared over all pairs; transfer
 * and transport, which take a run per random circuit or control, over pairs of models that stand at the same place in their groups
 * (in one group: each with the next).
 */
public final class CompareGroups {
    private final CompareSpec spec;
    private final ComparePrompts prompts;
    private final Consumer<String> progress;
    private final Rng rng;
    private final Between between;
    private final CircuitDistances distances;
    private final ReadModels models;

    /** @param largest number of components of the largest model that will be compared */
    public CompareGroups(CompareSpec spec, ComparePrompts prompts, int largest, Consumer<String> progress) {
        this.spec = spec;
        this.prompts = prompts;
        this.progress = progress;
        this.rng = Rng.of(spec.seed()).split("compare groups");
        this.between = new Between(rng);
        this.distances = new CircuitDistances(spec, prompts, between, rng);
        this.models = new ReadModels(spec, prompts, largest, progress);
    }

    /** Heads and MLPs of a model, for {@code largest}. */
    public static int components(Group group) {
        return group.models().values().stream()
                .mapToInt(model -> Universe.nodes(ModelShape.of(model.config())).size())
                .max()
                .orElseThrow();
    }

    /** Two groups. */
    public GroupComparison of(Group one, Group other) {
        List<ModelReading> a = models.read(one);
        List<ModelReading> b = models.read(other);
        List<Pair<ModelReading>> ceilings = new ArrayList<>(Pairings.within(a));
        ceilings.addAll(Pairings.within(b));
        List<Pair<ModelReading>> aligned = IntStream.range(0, Math.min(a.size(), b.size()))
                .mapToObj(i -> new Pair<>(a.get(i), b.get(i)))
                .toList();
        return compare(one.name(), other.name(), List.of(a, b), new Question(Pairings.across(a, b), ceilings, aligned));
    }

    /**
     * The models of one group with each other.
     *
     * @throws IllegalArgumentException if there are fewer than three, so that no pair is left to compare a pair with
     */
    public GroupComparison within(Group group) {
        List<ModelReading> all = models.read(group);
        if (all.size() < 3) {
            throw new IllegalArgumentException("group " + group.name() + " has " + all.size()
                    + " models; to compare its seeds with each other, leaving one pair out, it needs 3 or more");
        }
        List<Pair<ModelReading>> pairs = Pairings.within(all);
        List<Pair<ModelReading>> aligned = IntStream.range(0, all.size())
                .mapToObj(i -> new Pair<>(all.get(i), all.get((i + 1) % all.size())))
                .toList();
        return compare(group.name(), group.name(), List.of(all, all), new Question(pairs, List.of(), aligned));
    }

    /**
     * Which pairs are looked at.
     *
     * @param pairs in question
     * @param ceilings pairs of one architecture's seeds; if none, each pair in question is set against the others
     * @param aligned pairs that transfer and transport are measured on
     */
    private record Question(
            List<Pair<ModelReading>> pairs, List<Pair<ModelReading>> ceilings, List<Pair<ModelReading>> aligned) {
        boolean leavesOneOut() {
            return ceilings.isEmpty() && pairs.size() > 1;
        }

        List<Pair<ModelReading>> others(Pair<ModelReading> left) {
            return pairs.stream().filter(pair -> !pair.equals(left)).toList();
        }
    }

    private GroupComparison compare(String first, String second, List<List<ModelReading>> sides, Question question) {
        String names = first.equals(second) ? first : first + " and " + second;
        progress.accept("circuits of " + names);
        Circuits circuits = circuits(question);
        progress.accept("lens of " + names);
        Resamples resamples = new Resamples(prompts.evaluation().size(), spec.resamples(), rng.split("resamples"));
        List<ChannelComparison> lens = channel(
                question,
                ModelReading::lens,
                this::twinLenses,
                Map.of(),
                new LensComparison(resamples, rng.split("lens"))::of);
        progress.accept("operators of " + names);
        TaskOperator some = question.pairs().get(0).one().operator();
        List<ChannelComparison> operators = channel(
                question,
                ModelReading::operator,
                this::twinOperators,
                otherRelations(question.pairs()),
                new OperatorComparison(
                        new Resamples(some.size(), spec.resamples() / 2, rng.split("operator resamples")),
                        spec.directions(),
                        rng.split("operators"))::of);
        progress.accept("transfer between " + names);
        Transplants transplants = new Transplants(spec, prompts, between);
        Transplants.Result moved = transplants.of(question.aligned(), progress);
        ModelReading one = question.aligned().get(0).one();
        ModelReading other = question.aligned().get(0).other();
        ModelComparison comparison = new ModelComparison(
                first,
                second,
                prompts.task(),
                List.of(
                        new Channel(Kind.CIRCUITS, List.of(circuits.figure())),
                        new Channel(Kind.LENS, lens),
                        new Channel(Kind.OPERATORS, operators)),
                List.of(circuits.verdict(), moved.functional(), moved.causal()),
                moved.firstTransport(),
                Optional.of(LensSummary.of(one.lens(), prompts.evaluation())),
                Optional.of(LensSummary.of(other.lens(), prompts.evaluation())));
        Map<String, Estimate> figures = new LinkedHashMap<>(circuits.figures());
        figures.putAll(moved.figures());
        figures.put("lens", estimate(lens.get(0)));
        figures.put("operators", estimate(operators.get(0)));
        return new GroupComparison(
                comparison,
                prompts.evaluation().size(),
                sides.get(0).stream().map(ModelReading::name).toList(),
                sides.get(1).stream().map(ModelReading::name).toList(),
                parts(one),
                parts(other),
                between.compare(one.part(), other.part()),
                Figures.withVerdicts(figures, comparison));
    }

    /** What the circuits' distances say. */
    private record Circuits(ChannelComparison figure, Verdict verdict, Map<String, Estimate> figures) {}

    private Circuits circuits(Question question) {
        Map<String, List<SeedPair>> nulls = new LinkedHashMap<>();
        nulls.put("untrained models", distances.untrained(question.pairs(), models));
        nulls.put("random circuits", distances.random(question.pairs()));
        nulls.values().removeIf(List::isEmpty);
        ChannelComparison figure;
        if (question.leavesOneOut()) {
            figure = Figures.leftOut(
                    figure(question.pairs(), question.pairs(), nulls), distances.circuits(question.pairs()));
        } else {
            figure = figure(question.pairs(), question.ceilings(), nulls);
        }
        return new Circuits(figure, Joins.structural(figure), Figures.ofCircuits(figure));
    }

    private ChannelComparison figure(
            List<Pair<ModelReading>> pairs, List<Pair<ModelReading>> ceilings, Map<String, List<SeedPair>> nulls) {
        List<SeedPair> in = distances.circuits(pairs);
        if (ceilings.size() < 2) {
            return Figures.withoutCeiling(
                    "circuits: X-CSI", prompts.evaluation().size(), in, nulls);
        }
        CrossCsi.Result csi = distances.of(in, nulls, distances.circuits(ceilings));
        return Joins.figure(csi, prompts.evaluation().size(), Figures.means(nulls));
    }

    private <T> List<ChannelComparison> channel(
            Question question,
            Function<ModelReading, T> view,
            Function<List<Pair<ModelReading>>, List<Pair<T>>> twins,
            Map<String, List<Pair<T>>> others,
            Function<Pairings<T>, List<ChannelComparison>> compare) {
        if (!question.leavesOneOut()) {
            return compare.apply(pairings(question.pairs(), question.ceilings(), view, twins, others));
        }
        List<List<ChannelComparison>> each = question.pairs().stream()
                .map(pair -> compare.apply(pairings(List.of(pair), question.others(pair), view, twins, others)))
                .toList();
        return IntStream.range(0, each.get(0).size())
                .mapToObj(i -> Figures.leftOut(
                        each.stream().map(figures -> figures.get(i)).toList()))
                .toList();
    }

    private static <T> Pairings<T> pairings(
            List<Pair<ModelReading>> pairs,
            List<Pair<ModelReading>> ceilings,
            Function<ModelReading, T> view,
            Function<List<Pair<ModelReading>>, List<Pair<T>>> twins,
            Map<String, List<Pair<T>>> others) {
        Map<String, List<Pair<T>>> nulls = new LinkedHashMap<>();
        nulls.put("random weights", twins.apply(pairs));
        nulls.putAll(others);
        return new Pairings<>(views(pairs, view), nulls, views(ceilings, view));
    }

    private static <T> List<Pair<T>> views(List<Pair<ModelReading>> pairs, Function<ModelReading, T> view) {
        return pairs.stream()
                .map(pair -> new Pair<>(view.apply(pair.one()), view.apply(pair.other())))
                .toList();
    }

    private List<Pair<LensProfile>> twinLenses(List<Pair<ModelReading>> pairs) {
        return twins(pairs, ModelReading::lens, Untrained::lenses);
    }

    private List<Pair<TaskOperator>> twinOperators(List<Pair<ModelReading>> pairs) {
        return twins(pairs, ModelReading::operator, Untrained::operators);
    }

    private <T> List<Pair<T>> twins(
            List<Pair<ModelReading>> pairs, Function<ModelReading, T> view, Function<Untrained, List<T>> of) {
        List<Pair<T>> nulls = new ArrayList<>();
        for (Pair<ModelReading> pair : pairs) {
            nulls.addAll(Pairings.across(List.of(view.apply(pair.one())), of.apply(models.untrained(pair.other()))));
            nulls.addAll(Pairings.across(of.apply(models.untrained(pair.one())), List.of(view.apply(pair.other()))));
        }
        return nulls.stream().distinct().toList();
    }

    private static Map<String, List<Pair<TaskOperator>>> otherRelations(List<Pair<ModelReading>> pairs) {
        List<Pair<TaskOperator>> others = new ArrayList<>();
        for (Pair<ModelReading> pair : pairs) {
            pair.other()
                    .other()
                    .ifPresent(other -> others.add(new Pair<>(pair.one().operator(), other)));
            pair.one()
                    .other()
                    .ifPresent(
                            other -> others.add(new Pair<>(other, pair.other().operator())));
        }
        return Map.of("another relation", others);
    }

    private static Estimate estimate(ChannelComparison figure) {
        return figure.calibrated()
                .map(value -> Estimate.of(value, figure.interval().orElseThrow()))
                .orElseGet(() -> Estimate.none(figure.problem().orElse("not identifiable")));
    }

    private static List<GroupComparison.Part> parts(ModelReading model) {
        Set<Unit> members = ModelReading.components(model.circuit().units());
        return model.whole().signatures().components().stream()
                .map(component -> new GroupComparison.Part(
                        component.unit().name(),
                        component.depth(),
                        component.importance(),
                        members.contains(component.unit())))
                .toList();
    }
}
