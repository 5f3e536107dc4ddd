package io.reprise.experiment;

import io.reprise.analysis.relation.JacobianFiles;
import io.reprise.analysis.relation.RelationProgress;
import io.reprise.analysis.relation.RelationResult;
import io.reprise.analysis.relation.RelationStudy;
import io.reprise.analysis.relation.ResumableModel;
import io.reprise.analysis.relation.SubjectModel;
import io.reprise.analysis.relation.jacobian.JacobianMethod;
import io.reprise.analysis.relation.jacobian.JacobianOptions;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.config.RelationConfig;
import io.reprise.config.ResolvedConfig;
import io.reprise.data.Relation;
import io.reprise.data.RelationCatalogue;
import io.reprise.data.RelationFile;
import io.reprise.report.RelationPages;
import io.reprise.run.GitState;
import io.reprise.run.Json;
import io.reprise.run.Machine;
import io.reprise.run.Provenance;
import io.reprise.run.RelationResults;
import io.reprise.run.RunLayout;
import io.reprise.run.Secrets;
import io.reprise.tensor.DType;
import io.reprise.text.MissingTokenizerException;
import io.reprise.text.Tokenizer;
import io.reprise.track.Publication;
import io.reprise.track.TrackingUri;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Measures the linear operators of many relations in one model. Each relation's result is written when it is done, and each of its
 * Jacobians as soon as it is computed; a call that was stopped goes on from there.
 */
public final class EvaluateRelations {
    private static final String RESULTS = "results";
    private static final String JACOBIANS = "jacobians";
    private static final int DIGITS = 16;

    private final Clock clock;
    private final AtomicFile files;
    private final GitState git;
    private final List<String> command;

    /** @param command the command line, for provenance */
    public EvaluateRelations(Clock clock, AtomicFile files, GitState git, List<String> command) {
        this.clock = clock;
        this.files = files;
        this.git = git;
        this.command = List.copyOf(command);
    }

    /**
     * What is asked for.
     *
     * @param out the directory; the usual place below {@code runs} if missing
     * @param datasets where the relations are that come with reprise
     * @param memory bytes for tangents
     */
    public record Request(
            RelationConfig config, Optional<Path> out, Path runs, Path datasets, int threads, long memory) {}

    /** A relation that has no result, and why. */
    public record LeftOut(String relation, String reason) {}

    /**
     * What was found.
     *
     * @param results in the order of the relations' names
     * @param page that compares them
     * @param tracking where it was published, in words
     */
    public record Outcome(
            Path directory, List<RelationResult> results, List<LeftOut> leftOut, Path page, Optional<String> tracking) {
        public Outcome {
            results = List.copyOf(results);
            leftOut = List.copyOf(leftOut);
        }
    }

    /** Hears how it gets on. */
    public interface Events {
        void note(String note);

        /** @param relation which of {@code relations} */
        void at(int relation, int relations, String name, int done, int total, String step);
    }

    /**
     * @throws IllegalArgumentException for what the user can mend; a relation with too few samples is left out, unless it is alone
     */
    public Outcome evaluate(Request request, Events events) throws IOException {
        RelationConfig config = request.config();
        if (!config.tracking().equals(ExperimentConfig.NO_TRACKING)) {
            TrackingUri.parse(config.tracking(), System.getenv()); // a mistake in it is told before the work
        }
        List<Relation> relations = relations(request);
        ResolvedConfig resolved = ResolvedConfig.of(config);
        Path directory = request.out()
                .orElseGet(() -> RunLayout.locate(
                        request.runs(),
                        config.title(),
                        resolved.hash(),
                        config.study().seed()));
        Files.createDirectories(directory.resolve(RESULTS));
        Arithmetic arithmetic =
                new Arithmetic(config.backend().orElse(BackendChoice.CPU), request.threads(), DType.FLOAT32);
        OpenSubject.Place place = new OpenSubject.Place(
                config.model().map(Path::of), config.part().map(Path::of), Optional.empty());
        try (OpenSubject open =
                OpenSubject.open(place, arithmetic, config.stream().orElse(false), events::note)) {
            Tokenizer tokenizer = open.tokenizer()
                    .orElseThrow(() -> new MissingTokenizerException("relations are text, but the model directory"));
            files.write(directory.resolve("config.yaml"), Secrets.redact(resolved.yaml()));
            String fingerprint = open.directory().fingerprint();
            List<RelationResult> results = new ArrayList<>();
            List<LeftOut> leftOut = new ArrayList<>();
            Map<String, String> digests = new TreeMap<>(Map.of("model", fingerprint));
            for (int i = 0; i < relations.size(); i++) {
                Relation relation = relations.get(i);
                int at = i;
                digests.put("relation " + relation.name(), digest(relation.toString()));
                String key = digest(resolved.hash() + "\n" + fingerprint + "\n" + relation);
                try {
                    results.add(result(
                            directory,
                            key,
                            relation,
                            open,
                            tokenizer,
                            request,
                            (done, total, step) ->
                                    events.at(at, relations.size(), relation.name(), done, total, step)));
                } catch (IllegalArgumentException e) {
                    if (relations.size() == 1) {
                        throw e;
                    }
                    leftOut.add(new LeftOut(relation.name(), String.valueOf(e.getMessage())));
                    events.note(relation.name() + " is left out: " + e.getMessage());
                }
                events.at(i + 1, relations.size(), relation.name(), 1, 1, "done");
            }
            if (results.isEmpty()) {
                throw new IllegalArgumentException("none of the " + relations.size() + " relations could be evaluated: "
                        + leftOut.get(0).relation() + ": " + leftOut.get(0).reason());
            }
            RelationPages.write(directory, results, files);
            List<Publication> published = publish(request, resolved, open, directory, results, digests, events);
            return new Outcome(
                    directory,
                    results,
                    leftOut,
                    directory.resolve(RelationPages.INDEX),
                    published.isEmpty()
                            ? Optional.empty()
                            : Optional.of(config.tracking() + ", experiment " + config.title() + ", a run for each of "
                                    + published.size() + " relations"));
        }
    }

    /** From an earlier call that asked for the same, or made now. */
    private RelationResult result(
            Path directory,
            String key,
            Relation relation,
            OpenSubject open,
            Tokenizer tokenizer,
            Request request,
            RelationProgress progress)
            throws IOException {
        Path file = directory.resolve(RESULTS).resolve(key + ".json");
        if (Files.exists(file)) {
            return RelationResults.read(file).relations().get(0);
        }
        Path jacobians = directory.resolve(JACOBIANS).resolve(key);
        String model =
                open.directory().fingerprint() + " " + open.model().backend().dtype();
        SubjectModel subject = new ResumableModel(
                open.subject(new JacobianOptions(JacobianMethod.PUSHFORWARD, request.memory(), (done, total) -> {})),
                new JacobianFiles(jacobians, model, files));
        String words = open.directory().family() + " · "
                + BuildModel.words(open.model().config());
        RelationResult result =
                new RelationStudy(subject, words, tokenizer, request.config().study()).run(relation, progress);
        files.write(file, Json.write(new RelationResults(List.of(result))));
        delete(jacobians);
        return result;
    }

    private List<Publication> publish(
            Request request,
            ResolvedConfig resolved,
            OpenSubject open,
            Path directory,
            List<RelationResult> results,
            Map<String, String> digests,
            Events events)
            throws IOException {
        RelationConfig config = request.config();
        Provenance provenance = Provenance.collect(
                clock,
                command,
                git,
                Machine.here(),
                open.model().backend().name(),
                open.model().backend().description(),
                request.threads(),
                digests);
        PublishRelations.Study study = new PublishRelations.Study(
                config.title(),
                config.model().orElseThrow(),
                open.directory().counts().values().stream()
                        .mapToLong(Long::longValue)
                        .sum(),
                config.study(),
                resolved.yaml(),
                resolved.hash(),
                provenance);
        return new PublishRelations(clock, files, events::note).publish(directory, study, results, config.tracking());
    }

    private static List<Relation> relations(Request request) throws IOException {
        List<String> given = request.config().relations();
        List<Path> places = given.isEmpty()
                ? List.of(request.datasets().resolve("relations"))
                : given.stream().map(Path::of).toList();
        List<Relation> all = new ArrayList<>();
        for (Path place : places) {
            if (Files.isDirectory(place)) {
                all.addAll(new RelationCatalogue(place, RelationFile.Subjects.REPEATED).all());
            } else if (Files.isRegularFile(place)) {
                all.add(RelationFile.read(place, RelationFile.Subjects.REPEATED));
            } else {
                throw new IOException(place + ": no such file; expected a relation file or a directory of them");
            }
        }
        Set<String> names = new LinkedHashSet<>();
        for (Relation relation : all) {
            if (!names.add(relation.name())) {
                throw new IllegalArgumentException(
                        "two relations are named \"" + relation.name() + "\"; give one of them");
            }
        }
        for (String name : request.config().only()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException(
                        "only = \"" + name + "\" is none of the relations: " + String.join(", ", names));
            }
        }
        List<Relation> chosen = all.stream()
                .filter(relation -> request.config().only().isEmpty()
                        || request.config().only().contains(relation.name()))
                .sorted(Comparator.comparing(Relation::name))
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(places + " hold no relations; expected files *.json");
        }
        return chosen;
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
