package io.reprise.cli;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.search.SearchSpec;
import io.reprise.experiment.CircuitFound;
import io.reprise.experiment.FindCircuit;
import io.reprise.model.processing.Processing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise circuit}. */
@Command(
        name = "circuit",
        header = "Find the circuit behind a task in a model, and judge it on other prompts.",
        description = {
            "A circuit is a set of heads and MLPs (or neurons, edges, channels) that does the task while all else is ablated."
                    + " It is found on some prompts and judged on others, beside random circuits with as many units of each"
                    + " type in each layer.",
            "A task that the model doesn't do, or that a lookup does as well, is refused with the numbers.",
            "score: m(C)/m(M) of the metric m, circuit C and model M; faithfulness: (m(C) - m(none)) / (m(M) - m(none));"
                    + " necessity: 1 - the faithfulness of all that is not in C."
        },
        customSynopsis = "reprise circuit MODEL (--task | --pairs FILE | --template VERB | --contrast NAME) [OPTIONS]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise circuit runs/steps/5f3a91c2/seed-1 --task --series numerals --given 3 --out numerals.json",
            "  reprise circuit runs/steps/5f3a91c2/seed-1 --task --units edges --method eap_ig --checkpoints",
            "  reprise circuit models/gpt2 --template done --series months --filter --process published",
            "  reprise circuit models/gpt2 --pairs pairs.jsonl --roles --twins 10 --json"
        })
final class CircuitCommand implements Callable<Integer> {
    /** Models with random weights beside the roles of heads. */
    private static final int USUAL_TWINS = 100;

    @Parameters(paramLabel = "MODEL", description = "A model directory, or the directory of a finished run.")
    private Path model;

    @ArgGroup(validate = false, heading = "%nPrompts, from one of --task, --pairs, --template, --contrast:%n")
    private CircuitSource source = new CircuitSource();

    @ArgGroup(validate = false, heading = "%nSearch:%n")
    private Search search = new Search();

    @ArgGroup(validate = false, heading = "%nWhat is told of the circuit:%n")
    private Told told = new Told();

    /** How it is looked for. */
    private static final class Search {
        @Option(
                names = "--units",
                paramLabel = "KIND",
                description = "nodes (if not given; with methods of edges edges), neurons, edges or channels.")
        private String units;

        @Option(
                names = "--method",
                paramLabel = "NAME",
                description = "greedy (if not given), exhaustive, eap, eap_ig or exact_edges.")
        private String method;

        @Option(
                names = "--metric",
                paramLabel = "NAME",
                description = "logit_difference (if not given), probability, kl or accuracy.")
        private String metric;

        @Option(
                names = "--ablation",
                paramLabel = "KIND",
                description = "What takes the place of what is left out: mean over the corrupt prompts (if not given),"
                        + " resample, zero.")
        private String ablation;

        @Option(
                names = "--direction",
                paramLabel = "NAME",
                description = "noising the clean run (if not given) or denoising the corrupt one, with resample.")
        private String direction;

        @Option(
                names = "--positions",
                split = ",",
                paramLabel = "ROLE",
                description = "Ablate at positions of these roles only, such as x3 or end.")
        private List<String> positions = new ArrayList<>();

        @Option(
                names = "--keep",
                paramLabel = "SHARE",
                description = "Of the model's metric that the circuit has to keep (if not given: 0.8).")
        private Double keep;

        @Option(names = "--steps", paramLabel = "N", description = "Of eap_ig (if not given: 5).")
        private Integer steps;

        @Option(
                names = "--process",
                split = ",",
                paramLabel = "STEP",
                description =
                        "Rewrite the weights first, which changes no prediction: fold_layer_norm,"
                                + " center_writing_weights, center_unembed, fold_value_biases, or published for the first three.")
        private List<String> process = new ArrayList<>();

        @Option(
                names = "--ensemble",
                paramLabel = "N",
                description = "Prune greedily in N random orders, too: how often does each unit survive?")
        private int ensemble;

        @Option(names = "--force", description = "Look for a circuit even where the task is refused.")
        private boolean force;
    }

    /** What is told of it. */
    private static final class Told {
        @Option(
                names = "--controls",
                paramLabel = "N",
                description = "Random circuits beside each figure (if not given: 100, of large models 10).")
        private Integer controls;

        @Option(
                names = "--knockouts",
                paramLabel = "N",
                description =
                        "Sets of units taken out for completeness and minimality; 0 leaves both away (if not given:"
                                + " 10, of large models 0).")
        private Integer knockouts;

        @Option(
                names = "--roles",
                description =
                        "Scores of all heads for known roles (previous token, induction, successor, …) beside models"
                                + " with random weights.")
        private boolean roles;

        @Option(names = "--twins", paramLabel = "N", description = "Models with random weights (if not given: 100).")
        private Integer twins;

        @Option(names = "--checkpoints", description = "The circuit at each checkpoint of a run.")
        private boolean checkpoints;
    }

    @Option(names = "--out", paramLabel = "FILE", description = "Write the circuit as JSON; reprise overlap reads it.")
    private Path out;

    @Option(
            names = "--datasets",
            paramLabel = "DIR",
            description = "Where series, words and names are read from (default: those that come with reprise).")
    private Path datasets;

    @Mixin
    private EngineOptions engine;

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    CircuitCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        var request = request();
        CircuitFound found;
        try (var progress = new CircuitProgress(screen, output.silent())) {
            found = services.circuit(request, progress);
        }
        if (output.json) {
            screen.result(JsonLines.of(found));
        } else {
            CircuitTable.lines(found).forEach(screen::result);
        }
        return 0;
    }

    private FindCircuit.Request request() {
        if (told.twins != null && !told.roles) {
            throw new IllegalArgumentException("--twins " + told.twins + " are for --roles; give both");
        }
        if (told.twins != null && told.twins < 1) {
            throw new IllegalArgumentException("--twins " + told.twins + ": expected 1 or more");
        }
        return new FindCircuit.Request(
                model,
                datasets != null ? datasets : Path.of(System.getProperty("reprise.datasets", "datasets")),
                source.prompts(),
                spec(),
                processing(),
                Optional.ofNullable(told.controls),
                Optional.ofNullable(told.knockouts),
                search.ensemble,
                told.roles ? Optional.ofNullable(told.twins).orElse(USUAL_TWINS) : 0,
                told.checkpoints,
                search.force,
                source.seed(),
                Optional.ofNullable(out),
                engine.stream,
                engine.backend,
                engine.threads());
    }

    private SearchSpec spec() {
        SearchSpec usual = SearchSpec.defaults();
        SearchSpec.Method method = search.method == null
                ? usual.method()
                : Keys.parse("--method", search.method, SearchSpec.Method.values(), SearchSpec.Method::key);
        Universe.Kind units = search.units == null
                ? (method.ofEdges() ? Universe.Kind.EDGES : usual.units())
                : Keys.parse("--units", search.units, Universe.Kind.values(), Universe.Kind::key);
        return new SearchSpec(
                units,
                method,
                search.metric == null
                        ? usual.metric()
                        : Keys.parse("--metric", search.metric, Metric.values(), Metric::key),
                search.ablation == null
                        ? usual.ablation()
                        : Keys.parse("--ablation", search.ablation, Ablation.Kind.values(), Ablation.Kind::key),
                search.direction == null
                        ? usual.direction()
                        : Keys.parse(
                                "--direction", search.direction, Ablation.Direction.values(), Ablation.Direction::key),
                search.positions,
                search.keep == null ? usual.keep() : search.keep,
                search.steps == null ? usual.steps() : search.steps);
    }

    private List<Processing> processing() {
        return search.process.stream()
                .flatMap(step -> step.equals("published")
                        ? Processing.published().stream()
                        : Stream.of(Keys.parse("--process", step, Processing.values(), Processing::key)))
                .distinct()
                .toList();
    }
}
