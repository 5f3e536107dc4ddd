package io.reprise.analysis.overlap.groups;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.RandomCircuits;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.edges.EdgeAttribution;
import io.reprise.analysis.circuit.edges.EdgeModel;
import io.reprise.analysis.circuit.roles.MemberScores;
import io.reprise.analysis.circuit.search.CircuitSearch;
import io.reprise.analysis.circuit.search.SearchSpec;
import io.reprise.analysis.circuit.search.TaskModels;
import io.reprise.analysis.overlap.between.EdgeMatrix;
import io.reprise.analysis.overlap.between.Side;
import io.reprise.analysis.overlap.between.SignatureReader;
import io.reprise.analysis.overlap.between.Signatures;
import io.reprise.analysis.overlap.channels.LensProfile;
import io.reprise.analysis.overlap.channels.RandomTwin;
import io.reprise.analysis.overlap.channels.TaskOperator;
import io.reprise.analysis.overlap.transport.TaskTokens;
import io.reprise.analysis.overlap.within.Transfer;
import io.reprise.backend.Scope;
import io.reprise.data.PairSet;
import io.reprise.model.ModelConfig;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Reads models and their untrained twins, each once. Not thread-safe. */
final class ReadModels {
    /** Beyond so many components edges are attributed: measuring how every two act together takes a run per pair. */
    private static final int MOST_MEASURED = 48;

    /** Twins that stand for unrelated models; those that channels are calibrated by are others. */
    private static final int UNRELATED = 4;

    private static final int RANDOM = 2;

    private final CompareSpec spec;
    private final ComparePrompts prompts;
    private final boolean attributed;
    private final Consumer<String> progress;
    private final List<Integer> tokens;
    private final Rng rng;
    private final Map<Transformer, ModelReading> readings = new HashMap<>();
    private final Map<ModelConfig, Untrained> twins = new HashMap<>();

    /** @param components of the largest model that is to be compared */
    ReadModels(CompareSpec spec, ComparePrompts prompts, int components, Consumer<String> progress) {
        this.spec = spec;
        this.prompts = prompts;
        this.attributed = components > MOST_MEASURED;
        this.progress = progress;
        this.tokens = TaskTokens.of(prompts.evaluation());
        this.rng = Rng.of(spec.seed()).split("groups");
    }

    List<ModelReading> read(Group group) {
        List<ModelReading> all = new ArrayList<>();
        group.models().forEach((name, model) -> {
            progress.accept("reading " + group.name() + " " + name);
            all.add(readings.computeIfAbsent(model, key -> read(group.name() + " " + name, model)));
        });
        return all;
    }

    /** Twins of a shape. */
    Untrained untrained(ModelReading like) {
        return untrained(like.model());
    }

    private ModelReading read(String name, Transformer model) {
        SearchSpec how = spec.search();
        Circuit circuit = new CircuitSearch(how)
                .find(
                        new CircuitSearch.Subject(model, name, Optional.empty(), List.of()),
                        prompts.task(),
                        prompts.discovery());
        TaskModel judge = TaskModels.of(model, prompts.evaluation(), how.units(), how.metric(), how.replacement());
        TaskModel nodes = nodes(model);
        Side whole =
                new Side(signatures(model, nodes), untrained(model).calibration(), Optional.of(edges(model, nodes)));
        Set<Unit> components = ModelReading.components(circuit.units());
        if (components.isEmpty()) {
            throw new IllegalArgumentException("the circuit of " + prompts.task() + " in " + name
                    + " is empty: with everything ablated the metric is still "
                    + spec.search().keep()
                    + " of the model's; choose another ablation or other corrupt prompts");
        }
        RandomCircuits random = new RandomCircuits(nodes.universe(), rng.split("random " + name));
        List<Side> drawn = random.freedom(components) == 0
                ? List.of()
                : IntStream.range(0, RANDOM)
                        .mapToObj(i -> whole.only(random.like(components)))
                        .toList();
        return new ModelReading(
                name,
                model,
                circuit,
                whole,
                whole.only(components),
                drawn,
                LensProfile.of(model, prompts.evaluation(), tokens),
                operator(model, prompts.evaluation()),
                prompts.other().map(other -> operator(model, other)),
                new Transfer(judge, spec.controls(), rng.split("transfer " + name)).own(circuit.units()));
    }

    private Untrained untrained(Transformer model) {
        return twins.computeIfAbsent(model.config(), shape -> {
            List<Signatures> signatures = new ArrayList<>();
            List<EdgeMatrix> edges = new ArrayList<>();
            List<LensProfile> lenses = new ArrayList<>();
            List<TaskOperator> operators = new ArrayList<>();
            for (int i = 0; i < spec.twins() + UNRELATED; i++) {
                try (Scope scope = model.backend().scope()) {
                    Transformer twin = RandomTwin.of(model, rng.split("twin " + i));
                    TaskModel nodes = nodes(twin);
                    signatures.add(signatures(twin, nodes));
                    edges.add(edges(twin, nodes));
                    lenses.add(LensProfile.of(twin, prompts.evaluation(), tokens));
                    operators.add(operator(twin, prompts.evaluation()));
                }
            }
            List<Signatures> calibration = signatures.subList(0, spec.twins());
            List<Side> sides = IntStream.range(spec.twins(), signatures.size())
                    .mapToObj(i -> new Side(signatures.get(i), calibration, Optional.of(edges.get(i))))
                    .toList();
            return new Untrained(calibration, sides, lenses, operators);
        });
    }

    private TaskModel nodes(Transformer model) {
        return TaskModels.of(
                model,
                prompts.evaluation(),
                Universe.Kind.NODES,
                spec.search().metric(),
                spec.search().replacement());
    }

    private Signatures signatures(Transformer model, TaskModel nodes) {
        int[] ids = tokens.stream().mapToInt(Integer::intValue).toArray();
        return SignatureReader.read(model, nodes, ids, Map.of());
    }

    private EdgeMatrix edges(Transformer model, TaskModel nodes) {
        if (!attributed) {
            return EdgeMatrix.ofInteractions(nodes);
        }
        try (EdgeModel task = new EdgeModel(
                model,
                prompts.evaluation(),
                spec.search().metric(),
                spec.search().replacement())) {
            return EdgeMatrix.ofEdges(
                    new EdgeAttribution(task).run(share -> {}).effects(),
                    nodes.universe().units());
        }
    }

    /** From the last member of the series; of prompts without members, from the last token. */
    private TaskOperator operator(Transformer model, PairSet pairs) {
        PairSet some = pairs.select(IntStream.range(0, Math.min(spec.operators(), pairs.size()))
                .boxed()
                .toList());
        Set<String> members = MemberScores.memberRoles(some);
        List<String> roles = some.groups().get(0).roles();
        Optional<String> last = IntStream.iterate(roles.size() - 1, i -> i >= 0, i -> i - 1)
                .mapToObj(roles::get)
                .filter(members::contains)
                .findFirst();
        return TaskOperator.of(model, some, tokens, last);
    }
}
