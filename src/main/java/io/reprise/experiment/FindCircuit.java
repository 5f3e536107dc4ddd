package io.reprise.experiment;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.discovery.PruningEnsemble;
import io.reprise.analysis.circuit.discovery.PruningOptions;
import io.reprise.analysis.circuit.evaluation.CircuitEvaluation;
import io.reprise.analysis.circuit.evaluation.Control;
import io.reprise.analysis.circuit.evaluation.EvaluateCircuit;
import io.reprise.analysis.circuit.evaluation.EvaluationOptions;
import io.reprise.analysis.circuit.evaluation.Figure;
import io.reprise.analysis.circuit.evaluation.Minimality;
import io.reprise.analysis.circuit.roles.HeadScores;
import io.reprise.analysis.circuit.screen.Screening;
import io.reprise.analysis.circuit.search.CircuitSearch;
import io.reprise.analysis.circuit.search.CountedModel;
import io.reprise.analysis.circuit.search.SearchSpec;
import io.reprise.analysis.circuit.search.TaskModels;
import io.reprise.analysis.overlap.within.StructuralOverlap;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.data.PairSet;
import io.reprise.data.pairs.TaskPairs;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.model.processing.ProcessedModel;
import io.reprise.model.processing.Processing;
import io.reprise.model.processing.WeightProcessing;
import io.reprise.tensor.DType;
import io.reprise.tensor.Rng;
import io.reprise.train.Checkpoints;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the circuit behind a task in any model, on some prompts, and judges it on others. */
public final class FindCircuit {
    /** From this many multiplications in a forward pass of all prompts on, few random circuits are the default. */
    private static final double LARGE = 1e9;

    private static final EvaluationOptions USUAL = EvaluationOptions.defaults();
    private static final int FEW_CONTROLS = 10;

    private final Request request;
    private final OpenTask opened;
    private final Events events;
    private final CircuitSearch search;
    private final Rng rng;
    /** What is going on around the steps of a search. */
    private Optional<String> around = Optional.empty();

    private FindCircuit(Request request, OpenTask opened, Events events) {
        this.request = request;
        this.opened = opened;
        this.events = events;
        this.search = new CircuitSearch(request.search());
        this.rng = Rng.of(request.seed()).split("circuit");
    }

    /**
     * What is looked for.
     *
     * @param model a model directory, or the directory of a finished run
     * @param datasets where series, words and names are
     * @param processing of the weights; none if empty
     * @param controls random circuits beside each figure; if missing 100, or 10 of large models
     * @param knockouts sets of units taken out for completeness and minimality; if missing 10, or 0 of large models
     * @param ensemble random orders of greedy pruning; 0 for none
     * @param twins models with random weights beside the roles of heads; 0 for no roles
     * @param checkpoints whether the circuit at each of a run's checkpoints is looked for, too
     * @param force whether a task is let in that the screen refuses
     * @param seed of random circuits, orders and models
     * @param out a file for the circuit
     */
    public record Request(
            Path model,
            Path datasets,
            CircuitPrompts prompts,
            SearchSpec search,
            List<Processing> processing,
            Optional<Integer> controls,
            Optional<Integer> knockouts,
            int ensemble,
            int twins,
            boolean checkpoints,
            boolean force,
            long seed,
            Optional<Path> out,
            boolean stream,
            BackendChoice backend,
            int threads) {
        public Request {
            processing = List.copyOf(processing);
            if (ensemble < 0 || twins < 0) {
                throw new IllegalArgumentException(
                        "ensemble = " + ensemble + " and twins = " + twins + ", expected 0 or more");
            }
            if (ensemble > 0 && search.method() != SearchSpec.Method.GREEDY) {
                throw new IllegalArgumentException("ensemble = " + ensemble + " repeats greedy pruning in random orders,"
                        + " and method = " + search.method().key() + " has no order; leave one out");
            }
            if (out.isPresent() && Files.isDirectory(out.get())) {
                throw new IllegalArgumentException(out.get() + " is a directory; name a file, such as circuit.json");
            }
            Optional<Path> folder = out.map(file -> file.toAbsolutePath().getParent());
            if (folder.isPresent() && !Files.isDirectory(folder.get())) {
                throw new IllegalArgumentException(
                        "there is no directory " + folder.get() + " for " + out.get() + "; make it, or name another file");
            }
        }
    }

    /** Hears what happens. */
    public interface Events {
        /** A sentence to keep. */
        void note(String note);

        /** What is going on, often: {@code search}, {@code 12 sets of units measured}. */
        void at(String what, String how);
    }

    /**
     * A unit of the circuit.
     *
     * @param score what discovery said
     * @param survival share of an ensemble's runs that kept it
     * @param change of the metric without it; see {@link Minimality}
     * @param p of that change
     * @param role of a head, if it has one
     */
    public record Member(
            String unit,
            Optional<Double> score,
            Optional<Double> survival,
            Optional<Double> change,
            Optional<Double> p,
            Optional<String> role) {}

    /**
     * Greedy pruning in random orders.
     *
     * @param sizes of the circuits found
     * @param survival share of the runs that kept a unit, of all units that any kept
     */
    public record Ensemble(int runs, List<Integer> sizes, Map<String, Double> survival) {}

    /**
     * The circuit at a step of training.
     *
     * @param accuracy of the model on the prompts
     * @param preferred share of prompts where the answer is above the wrong one
     * @param refused why there is none
     * @param shared J* with the final circuit
     */
    public record AtStep(
            long step,
            double accuracy,
            double preferred,
            Optional<String> refused,
            List<String> units,
            Optional<Double> score,
            Optional<Figure> faithfulness,
            Optional<Double> shared) {}

    /**
     * What was found.
     *
     * @param prompts which they are
     * @param discovery how many it was found on
     * @param kind of units
     * @param method with metric, ablation and share to keep, for people
     * @param figures of the search: {@code trials}, {@code requested}, {@code kept}, …
     * @param file where it was written
     */
    public record Found(
            String name,
            String model,
            String shape,
            Optional<String> fingerprint,
            List<String> processing,
            String prompts,
            int discovery,
            Screening screening,
            String kind,
            String method,
            String ablation,
            double keep,
            List<Member> units,
            int universe,
            Map<String, Double> figures,
            CircuitEvaluation evaluation,
            Optional<Ensemble> ensemble,
            Optional<HeadScores> roles,
            List<AtStep> checkpoints,
            Optional<String> file) {}

    /**
     * Looks for it.
     *
     * @throws IllegalArgumentException if prompts, model and search don't fit each other, or the task is refused
     * @throws IOException if a file can't be read or written
     */
    public static Found find(Request request, AtomicFile files, Events events) throws IOException {
        Arithmetic arithmetic = new Arithmetic(request.backend(), request.threads(), DType.FLOAT32);
        try (OpenTask opened =
                OpenTask.open(request.model(), request.datasets(), arithmetic, request.stream(), events::note)) {
            return new FindCircuit(request, opened, events).find(files);
        }
    }

    /** A circuit with its figures on other prompts. */
    private record Judged(Screening screening, Circuit circuit, CircuitEvaluation evaluation) {}

    private Found find(AtomicFile files) throws IOException {
        List<Checkpoints.Found> steps = request.checkpoints() ? opened.checkpoints(events::note) : List.of();
        TaskPairs prompts = new MakePrompts(
                        opened.path(), opened.model(), opened.tokenizer(), opened.data(), request.datasets())
                .of(request.prompts());
        if (request.search().method().ofEdges()) {
            opened.model().backend().warmUpDerivatives();
        }
        EvaluationOptions options = options(prompts.evaluation());
        Judged judged;
        Optional<PruningEnsemble> ensemble;
        try (Processed model = processed(opened.model())) {
            Screening screening = screen(model.model(), prompts.discovery());
            if (!screening.passed()) {
                throw new IllegalArgumentException(screening.message() + " (--force)");
            }
            if (screening.forced()) {
                events.note(screening.message());
            }
            judged = judge(model.model(), screening, prompts, options, true);
            ensemble = ensemble(model.model(), prompts.discovery());
        }
        Optional<HeadScores> roles = roles(prompts.discovery());
        List<AtStep> training = new ArrayList<>();
        if (!steps.isEmpty()) {
            opened.visit(steps, (step, model) -> {
                around = Optional.of("step " + step);
                training.add(atStep(step, model, prompts, options, judged.circuit()));
            });
        }
        Circuit circuit = withFigures(judged, ensemble);
        if (request.out().isPresent()) {
            CircuitFile.write(request.out().get(), circuit, files);
        }
        SearchSpec how = request.search();
        return new Found(
                circuit.name(),
                opened.path().toString(),
                BuildModel.words(opened.model().config()),
                opened.fingerprint(),
                names(),
                prompts.description(),
                prompts.discovery().size(),
                judged.screening(),
                how.units().key(),
                how.method().key(),
                how.replacement().label(),
                how.keep(),
                members(judged, ensemble, roles),
                circuit.universe().size(),
                circuit.figures(),
                judged.evaluation(),
                ensemble.map(FindCircuit::words),
                roles,
                training,
                request.out().map(Path::toString));
    }

    private void at(String what, String how) {
        around.ifPresentOrElse(outer -> events.at(outer, what + " " + how), () -> events.at(what, how));
    }

    private Screening screen(Transformer model, PairSet prompts) {
        return CircuitTask.screen(model, prompts, opened.data(), request.force());
    }

    private Judged judge(
            Transformer model, Screening screening, TaskPairs prompts, EvaluationOptions options, boolean curve) {
        PairSet discovery = prompts.discovery();
        CircuitSearch.Subject subject =
                new CircuitSearch.Subject(model, opened.path().toString(), opened.fingerprint(), names());
        SearchSpec spec = request.search();
        at(
                "search",
                spec.method().key() + " among " + spec.units().key() + ", " + discovery.size() + " prompts");
        Circuit circuit = search.find(subject, name(discovery), discovery, how -> at("search", how));
        at(
                "judge",
                prompts.evaluation().size() + " other prompts, " + options.controls() + " random circuits each");
        TaskModel judge = CircuitTask.at(model, prompts.evaluation(), spec);
        try {
            CircuitEvaluation evaluation = EvaluateCircuit.of(
                    new CountedModel(judge, how -> at("judge", how)),
                    curve ? circuit : unscored(circuit),
                    options,
                    rng.split("evaluation"));
            return new Judged(screening, circuit, evaluation);
        } finally {
            TaskModels.close(judge);
        }
    }

    /** As the file is called, else as the prompts are. */
    private String name(PairSet prompts) {
        return request.out()
                .map(file -> String.valueOf(file.getFileName()).replaceFirst("\\.json$", ""))
                .orElse(prompts.name().replaceFirst(" discovery$", ""));
    }

    /** Without scores there is no curve, which takes most of an evaluation's time. */
    private static Circuit unscored(Circuit circuit) {
        return new Circuit(
                circuit.name(), circuit.origin(), circuit.universe(), circuit.units(), Map.of(), circuit.figures());
    }

    private Optional<PruningEnsemble> ensemble(Transformer model, PairSet prompts) {
        if (request.ensemble() == 0) {
            return Optional.empty();
        }
        at("orders", request.ensemble() + " random ones");
        TaskModel task = CircuitTask.at(model, prompts, request.search());
        try {
            double keep = 100 * request.search().keep();
            return Optional.of(PruningEnsemble.of(
                    new CountedModel(task, how -> at("orders", how)),
                    new PruningOptions(keep, false, Optional.empty()),
                    request.ensemble(),
                    request.seed()));
        } finally {
            TaskModels.close(task);
        }
    }

    private Optional<HeadScores> roles(PairSet prompts) {
        if (request.twins() == 0) {
            return Optional.empty();
        }
        at("roles", request.twins() + " models with random weights");
        return Optional.of(
                new FindRoles(opened, prompts, rng.split("roles")).of(request.prompts(), request.twins()));
    }

    private AtStep atStep(
            long step, Transformer weights, TaskPairs prompts, EvaluationOptions options, Circuit last) {
        EvaluationOptions quick = new EvaluationOptions(options.controls(), 0, options.resamples(), options.order());
        try (Processed model = processed(weights)) {
            Screening screening = screen(model.model(), prompts.discovery());
            if (!screening.passed()) {
                return none(step, screening, screening.message());
            }
            Judged judged;
            try {
                judged = judge(model.model(), screening, prompts, quick, false);
            } catch (IllegalArgumentException e) { // forced, and the metric leaves nothing to lose
                return none(step, screening, e.getMessage());
            }
            return new AtStep(
                    step,
                    screening.accuracy(),
                    screening.preferred(),
                    Optional.empty(),
                    judged.circuit().units().stream().map(Unit::name).toList(),
                    judged.evaluation().score().estimate().value(),
                    Optional.of(judged.evaluation().faithfulness()),
                    StructuralOverlap.of(judged.circuit(), last).adjustedJaccard());
        }
    }

    private static AtStep none(long step, Screening screening, String why) {
        return new AtStep(
                step,
                screening.accuracy(),
                screening.preferred(),
                Optional.of(why),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A model with the processing that was asked for, if any. */
    private record Processed(Transformer model, Optional<ProcessedModel> own) implements AutoCloseable {
        @Override
        public void close() {
            own.ifPresent(ProcessedModel::close);
        }
    }

    private Processed processed(Transformer model) {
        if (request.processing().isEmpty()) {
            return new Processed(model, Optional.empty());
        }
        ProcessedModel processed = WeightProcessing.apply(model, request.processing());
        return new Processed(processed.model(), Optional.of(processed));
    }

    private List<String> names() {
        return request.processing().stream().sorted().map(Processing::key).toList();
    }

    private EvaluationOptions options(PairSet prompts) {
        long parameters = Parameters.shapes(opened.model().config()).values().stream()
                .mapToLong(shape -> shape.size())
                .sum();
        double multiplications = (double) parameters
                * prompts.groups().stream()
                        .mapToInt(group -> group.length() * group.pairs().size())
                        .sum();
        boolean large = multiplications > LARGE;
        if (large && (request.controls().isEmpty() || request.knockouts().isEmpty())) {
            events.note("a forward pass is large: without --controls and --knockouts there are " + FEW_CONTROLS
                    + " random circuits and no knockouts");
        }
        return new EvaluationOptions(
                request.controls().orElse(large ? FEW_CONTROLS : USUAL.controls()),
                request.knockouts().orElse(large ? 0 : USUAL.knockouts()),
                USUAL.resamples(),
                USUAL.order());
    }

    private static Ensemble words(PruningEnsemble ensemble) {
        Map<String, Double> survival = new LinkedHashMap<>();
        ensemble.survival().forEach((unit, share) -> {
            if (share > 0) {
                survival.put(unit.name(), share);
            }
        });
        return new Ensemble(
                ensemble.runs().size(),
                ensemble.runs().stream().map(run -> run.kept().size()).toList(),
                survival);
    }

    private static List<Member> members(
            Judged judged, Optional<PruningEnsemble> ensemble, Optional<HeadScores> roles) {
        Map<String, Minimality.Change> changes = judged.evaluation()
                .minimality()
                .map(minimality -> minimality.units().stream()
                        .collect(Collectors.toMap(Minimality.Change::unit, change -> change)))
                .orElse(Map.of());
        Optional<Map<Unit, Double>> survival = ensemble.map(PruningEnsemble::survival);
        Circuit circuit = judged.circuit();
        return circuit.units().stream()
                .map(unit -> new Member(
                        unit.name(),
                        Optional.ofNullable(circuit.scores().get(unit)),
                        survival.map(shares -> shares.get(unit)),
                        Optional.ofNullable(changes.get(unit.name())).map(Minimality.Change::change),
                        Optional.ofNullable(changes.get(unit.name())).flatMap(Minimality.Change::p),
                        unit instanceof Unit.Head head
                                ? roles.map(scores -> scores.roles().get(head)).map(role -> role.key())
                                : Optional.empty()))
                .toList();
    }

    /** The circuit as it is written: with what was measured of it. */
    private static Circuit withFigures(Judged judged, Optional<PruningEnsemble> ensemble) {
        Circuit circuit = judged.circuit();
        CircuitEvaluation evaluation = judged.evaluation();
        Map<String, Double> figures = new LinkedHashMap<>(circuit.figures());
        figures.put("model_accuracy", judged.screening().accuracy());
        put(figures, "score", evaluation.score());
        put(figures, "faithfulness", evaluation.faithfulness());
        put(figures, "necessity", evaluation.necessity());
        evaluation.curve().ifPresent(curve -> {
            put(figures, "cpr", curve.cpr());
            put(figures, "cmd", curve.cmd());
        });
        ensemble.ifPresent(runs -> words(runs).survival().forEach((unit, share) -> figures.put("survival/" + unit, share)));
        return new Circuit(
                circuit.name(), circuit.origin(), circuit.universe(), circuit.units(), circuit.scores(), figures);
    }

    private static void put(Map<String, Double> figures, String name, Figure figure) {
        figure.estimate().value().ifPresent(value -> figures.put(name, value));
        figure.estimate().interval().ifPresent(interval -> {
            figures.put(name + "_low", interval.low());
            figures.put(name + "_high", interval.high());
        });
        figure.control().map(Control::mean).ifPresent(mean -> figures.put("random_" + name, mean));
    }
}
