package io.reprise.experiment;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.CircuitFile;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.discovery.PruningEnsemble;
import io.reprise.analysis.circuit.discovery.PruningOptions;
import io.reprise.analysis.circuit.evaluation.CircuitEvaluation;
import io.reprise.analysis.circuit.evaluation.EvaluateCircuit;
import io.reprise.analysis.circuit.evaluation.EvaluationOptions;
import io.reprise.analysis.circuit.roles.HeadScores;
import io.reprise.analysis.circuit.screen.Screening;
import io.reprise.analysis.circuit.search.CircuitSearch;
import io.reprise.analysis.circuit.search.CountedModel;
import io.reprise.analysis.circuit.search.SearchSpec;
import io.reprise.analysis.circuit.search.TaskModels;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
                throw new IllegalArgumentException(
                        "ensemble = " + ensemble + " repeats greedy pruning in random orders, and method = "
                                + search.method().key() + " has no order; leave one out");
            }
            if (out.isPresent() && Files.isDirectory(out.get())) {
                throw new IllegalArgumentException(out.get() + " is a directory; name a file, such as circuit.json");
            }
            Optional<Path> folder = out.map(file -> file.toAbsolutePath().getParent());
            if (folder.isPresent() && !Files.isDirectory(folder.get())) {
                throw new IllegalArgumentException("there is no directory " + folder.get() + " for " + out.get()
                        + "; make it, or name another file");
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
     * Looks for it.
     *
     * @throws IllegalArgumentException if prompts, model and search don't fit each other, or the task is refused
     * @throws IOException if a file can't be read or written
     */
    public static CircuitFound find(Request request, AtomicFile files, Events events) throws IOException {
        Arithmetic arithmetic = new Arithmetic(request.backend(), request.threads(), DType.FLOAT32);
        try (OpenTask opened =
                OpenTask.open(request.model(), request.datasets(), arithmetic, request.stream(), events::note)) {
            return new FindCircuit(request, opened, events).find(files);
        }
    }

    private CircuitFound find(AtomicFile files) throws IOException {
        List<Checkpoints.Found> steps = request.checkpoints() ? opened.checkpoints(events::note) : List.of();
        if (request.twins() > 0) {
            FindRoles.rule(request.twins())
                    .requireEnough(opened.model().config().nHeads());
        }
        TaskPairs prompts = new MakePrompts(
                        opened.path(), opened.model(), opened.tokenizer(), opened.data(), request.datasets())
                .of(request.prompts());
        if (request.search().method().ofEdges()) {
            opened.model().backend().warmUpDerivatives();
        }
        EvaluationOptions options = options(prompts.evaluation());
        CircuitFound.Judged judged;
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
        List<CircuitFound.AtStep> training = new ArrayList<>();
        if (!steps.isEmpty()) {
            opened.visit(steps, (step, model) -> {
                around = Optional.of("step " + step);
                training.add(atStep(step, model, prompts, options, judged.circuit()));
            });
        }
        Circuit circuit = judged.withFigures(ensemble);
        if (request.out().isPresent()) {
            CircuitFile.write(request.out().get(), circuit, files);
        }
        SearchSpec how = request.search();
        return new CircuitFound(
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
                judged.members(ensemble, roles),
                circuit.universe().size(),
                circuit.figures(),
                judged.evaluation(),
                ensemble.map(CircuitFound.Ensemble::of),
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

    private CircuitFound.Judged judge(
            Transformer model, Screening screening, TaskPairs prompts, EvaluationOptions options, boolean curve) {
        PairSet discovery = prompts.discovery();
        CircuitSearch.Subject subject =
                new CircuitSearch.Subject(model, opened.path().toString(), opened.fingerprint(), names());
        SearchSpec spec = request.search();
        at("search", spec.method().key() + " among " + spec.units().key() + ", " + discovery.size() + " prompts");
        Circuit circuit = search.find(subject, name(discovery), discovery, how -> at("search", how));
        at("judge", prompts.evaluation().size() + " other prompts, " + options.controls() + " random circuits each");
        TaskModel judge = CircuitTask.at(model, prompts.evaluation(), spec);
        try {
            CircuitEvaluation evaluation = EvaluateCircuit.of(
                    new CountedModel(judge, how -> at("judge", how)),
                    curve ? circuit : unscored(circuit),
                    options,
                    rng.split("evaluation"));
            return new CircuitFound.Judged(screening, circuit, evaluation);
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
        return Optional.of(new FindRoles(opened, prompts, rng.split("roles")).of(request.prompts(), request.twins()));
    }

    private CircuitFound.AtStep atStep(
            long step, Transformer weights, TaskPairs prompts, EvaluationOptions options, Circuit last) {
        EvaluationOptions quick = new EvaluationOptions(options.controls(), 0, options.resamples(), options.order());
        try (Processed model = processed(weights)) {
            Screening screening = screen(model.model(), prompts.discovery());
            if (!screening.passed()) {
                return CircuitFound.AtStep.none(step, screening, screening.message());
            }
            CircuitFound.Judged judged;
            try {
                judged = judge(model.model(), screening, prompts, quick, false);
            } catch (IllegalArgumentException e) { // forced, and the metric leaves nothing to lose
                return CircuitFound.AtStep.none(step, screening, e.getMessage());
            }
            return CircuitFound.AtStep.found(step, judged, last);
        }
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
}
