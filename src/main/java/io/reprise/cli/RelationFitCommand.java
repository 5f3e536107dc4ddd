package io.reprise.cli;

import io.reprise.analysis.relation.EstimatorKind;
import io.reprise.analysis.relation.study.OperatorPicture;
import io.reprise.experiment.FitOperator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code reprise relation fit}. */
@Command(
        name = "fit",
        header = "Fit one linear operator of a relation, z = β·W·h + b, and write it.",
        description = {
            "W and b are of the Jacobians at a few training subjects, h of the subject at --from-layer, z where the object is"
                    + " decoded from. Layer and β are as given; reprise relation evaluate chooses them, and measures.",
            "NAME.safetensors holds W and b, NAME.json all else; reprise relation apply reads both.",
            "Training subjects are those of reprise relation evaluate with the same --train, --trial and --seed."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise relation fit --model models/gpt2-xl --relation datasets/relations/country_capital.json \\",
            "      --prefix \"<|endoftext|>\" --from-layer 20 --beta 2.25 --out operators/capital",
            "  reprise relation fit --model models/gpt2 --relation datasets/relations/weekday_successor.json \\",
            "      --from-layer 5 --estimator jacobian --train 1 --rank 16 --out operators/weekday"
        })
final class RelationFitCommand implements Callable<Integer> {
    private static final int SINGULAR_VALUES = 8;

    @Mixin
    private SubjectOptions model;

    @Option(
            names = "--relation",
            required = true,
            paramLabel = "FILE",
            description = "A relation file; a few come with reprise (datasets/relations).")
    private Path relation;

    @Option(
            names = "--from-layer",
            required = true,
            paramLabel = "LAYER",
            description = "Where h is: a block's number (its output), embed, or embed+pos.")
    private String from;

    @Option(
            names = "--to-layer",
            paramLabel = "LAYER",
            description = "Where z is: a block's number (its output) or ln_final (default: the last block).")
    private String to;

    @Option(
            names = "--estimator",
            paramLabel = "NAME",
            defaultValue = "jacobian_icl_mean",
            converter = Estimators.class,
            description =
                    "jacobian, jacobian_icl, jacobian_icl_mean, translation, learned_linear, embedding, identity or"
                            + " corner (default: ${DEFAULT-VALUE}).")
    private EstimatorKind estimator;

    @Option(names = "--beta", paramLabel = "β", defaultValue = "1", description = "β (default: ${DEFAULT-VALUE}).")
    private double beta;

    @Option(names = "--rank", paramLabel = "R", description = "Singular values of W to keep (default: all).")
    private Integer rank;

    @Option(names = "--residual", description = "With --rank: cut W - I instead, and add I again.")
    private boolean residual;

    @Option(
            names = "--train",
            paramLabel = "N",
            defaultValue = "5",
            description = "Training subjects (default: ${DEFAULT-VALUE}).")
    private int train;

    @Option(
            names = "--trial",
            paramLabel = "N",
            defaultValue = "0",
            description = "Which choice of training subjects (default: ${DEFAULT-VALUE}).")
    private int trial;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Of that choice (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--demonstrations",
            paramLabel = "N",
            description = "Shown before a prompt, at most (default: all other training subjects).")
    private Integer demonstrations;

    @Option(
            names = "--template",
            paramLabel = "I",
            defaultValue = "0",
            description = "Which of the relation's templates, from 0 (default: ${DEFAULT-VALUE}).")
    private int template;

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "What prompts begin with (default: nothing).")
    private String prefix;

    @Option(
            names = "--directions",
            paramLabel = "N",
            defaultValue = "5",
            description = "Singular directions shown as tokens (default: ${DEFAULT-VALUE}).")
    private int directions;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "NAME",
            description = "The operator's files, without ending.")
    private Path out;

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    RelationFitCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        var request = new FitOperator.Request(
                model.place(),
                relation,
                from,
                Optional.ofNullable(to),
                estimator,
                beta,
                Optional.ofNullable(rank),
                residual,
                train,
                trial,
                seed,
                Optional.ofNullable(demonstrations),
                template,
                prefix,
                directions,
                out,
                model.memory(),
                model.stream(),
                model.arithmetic());
        FitOperator.Fitted fitted;
        try (var bar = new JacobianBar(screen, output.silent())) {
            fitted = services.fit(request, new FitOperator.Events() {
                @Override
                public void note(String note) {
                    if (!output.silent()) {
                        screen.progress("note", note);
                    }
                }

                @Override
                public void at(int jacobian, long done, long total) {
                    bar.at("Jacobian " + jacobian, done, total);
                }
            });
        }
        if (output.json) {
            screen.result(JsonLines.of(fitted));
            return 0;
        }
        if (!output.quiet) {
            lines(fitted).forEach(screen::line);
        }
        screen.result(fitted.file().toString());
        return 0;
    }

    private static List<String> lines(FitOperator.Fitted fitted) {
        OperatorPicture picture = fitted.picture();
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "%s · %s · %s · β %s · %.2f s",
                fitted.relation(),
                fitted.estimator(),
                picture.ends(),
                fitted.beta(),
                fitted.seconds()));
        lines.add("trained on  "
                + fitted.trainedOn().stream()
                        .map(sample -> sample.subject() + " → " + sample.object())
                        .collect(Collectors.joining(", ")));
        lines.add(String.format(
                Locale.ROOT,
                "norms       |W| %.4g · mean |Wh| %.4g · |b| %.4g",
                picture.weightNorm(),
                picture.imageNorm(),
                picture.biasNorm()));
        if (!picture.singularValues().isEmpty()) {
            lines.add("singular    "
                    + picture.singularValues().stream()
                            .limit(SINGULAR_VALUES)
                            .map(value -> String.format(Locale.ROOT, "%.4g", value))
                            .collect(Collectors.joining("  "))
                    + (picture.singularValues().size() > SINGULAR_VALUES
                            ? "  … of " + picture.singularValues().size()
                            : ""));
        }
        for (OperatorPicture.Direction direction : picture.directions()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%-10.4g  reads %s → writes %s",
                    direction.singularValue(),
                    tokens(direction.reads()),
                    tokens(direction.writes())));
        }
        return lines;
    }

    private static String tokens(List<OperatorPicture.TokenScore> scores) {
        return scores.stream().map(OperatorPicture.TokenScore::token).collect(Collectors.joining(" "));
    }

    /** Estimators by name. */
    private static final class Estimators implements ITypeConverter<EstimatorKind> {
        @Override
        public EstimatorKind convert(String name) {
            return Arrays.stream(EstimatorKind.values())
                    .filter(kind -> kind.key().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("\"" + name + "\" is no estimator; choose "
                            + Arrays.stream(EstimatorKind.values())
                                    .map(EstimatorKind::key)
                                    .collect(Collectors.joining(", "))));
        }
    }
}
