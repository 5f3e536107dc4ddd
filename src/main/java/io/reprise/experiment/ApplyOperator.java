package io.reprise.experiment;

import io.reprise.analysis.relation.Answers;
import io.reprise.analysis.relation.OperatorFiles;
import io.reprise.analysis.relation.Output;
import io.reprise.analysis.relation.PromptMaker;
import io.reprise.analysis.relation.Rate;
import io.reprise.analysis.relation.SubjectModel;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.analysis.relation.TopTokens;
import io.reprise.analysis.relation.jacobian.JacobianMethod;
import io.reprise.analysis.relation.jacobian.JacobianOptions;
import io.reprise.data.Relation;
import io.reprise.model.ModelConfig;
import io.reprise.text.MissingTokenizerException;
import io.reprise.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** What a stored operator makes of subjects, beside what its model says after the same prompts. */
public final class ApplyOperator {
    private static final int AT_ONCE = 32; // prompts whose logits are held

    private ApplyOperator() {}

    /**
     * What is asked for.
     *
     * @param operator its files, without their endings
     * @param subjects asked about; of the relation's samples if there are none
     * @param relation a file in the published format, which says what is right
     * @param topK tokens shown of the operator
     * @param memory bytes for states
     */
    public record Request(
            OpenSubject.Place place,
            Path operator,
            List<String> subjects,
            Optional<Path> relation,
            int topK,
            long memory,
            boolean stream,
            Arithmetic arithmetic) {
        public Request {
            subjects = List.copyOf(subjects);
            if (subjects.isEmpty() == relation.isEmpty()) {
                throw new IllegalArgumentException("give one of --subjects and --relation: what the operator is asked");
            }
            if (subjects.stream().anyMatch(String::isBlank)) {
                throw new IllegalArgumentException("a subject of " + subjects + " is blank; expected A,B,C");
            }
            if (topK < 1) {
                throw new IllegalArgumentException("--top-k " + topK + "; expected 1 or more");
            }
        }
    }

    /** A token as people read it. */
    public record Guess(String token, double probability) {}

    /** Whether the first guesses are right. */
    public record Judged(String object, boolean operator, boolean model) {}

    /**
     * One subject.
     *
     * @param trained whether the operator was fitted to it
     * @param operator likeliest first
     * @param model its own next token
     */
    public record Row(String subject, boolean trained, List<Guess> operator, Guess model, Optional<Judged> judged) {
        public Row {
            operator = List.copyOf(operator);
        }
    }

    /**
     * What came out.
     *
     * @param knowledge of the subjects outside training, those that the model has right; missing if there are none
     * @param faithfulness of the former, those that the operator has right; missing if there are none
     */
    public record Applied(List<Row> rows, Optional<Rate> knowledge, Optional<Rate> faithfulness) {
        public Applied {
            rows = List.copyOf(rows);
        }
    }

    /** @throws IOException if the operator is not this model's */
    public static Applied apply(Request request, Consumer<String> notes) throws IOException {
        OperatorPlace place = OperatorPlace.of(request.operator());
        Optional<Relation> relation = request.relation().isPresent()
                ? Optional.of(FitOperator.relation(request.relation().get()))
                : Optional.empty();
        List<String> subjects = relation.map(all ->
                        all.samples().stream().map(Relation.Sample::subject).toList())
                .orElse(request.subjects());
        try (OpenSubject open = OpenSubject.open(request.place(), request.arithmetic(), request.stream(), notes)) {
            Tokenizer tokenizer = open.tokenizer()
                    .orElseThrow(() -> new MissingTokenizerException("subjects are text, but the model directory"));
            ModelConfig config = open.model().config();
            OperatorFiles.Stored stored = OperatorFiles.read(
                    place.directory(), place.name(), config, open.directory().fingerprint());
            SubjectModel model = open.subject(
                    new JacobianOptions(JacobianMethod.PUSHFORWARD, request.memory(), (done, total) -> {}));
            var maker = new PromptMaker(tokenizer, stored.prefix());
            List<SubjectPrompt> prompts = subjects.stream()
                    .map(subject -> stored.operator().prompt(maker, subject))
                    .toList();
            var answers = new Answers(tokenizer, Answers.Match.of(tokenizer));
            List<Row> rows = new ArrayList<>();
            for (int from = 0; from < prompts.size(); from += AT_ONCE) {
                List<SubjectPrompt> some = prompts.subList(from, Math.min(prompts.size(), from + AT_ONCE));
                List<Output> outputs = stored.operator().apply(model, some, Math.min(request.topK(), config.dVocab()));
                double[][] own = model.next(some);
                for (int i = 0; i < own.length; i++) {
                    int at = from + i;
                    TopTokens top = outputs.get(i).top();
                    TopTokens next = TopTokens.of(own[i], 1);
                    rows.add(new Row(
                            subjects.get(at),
                            stored.trainedOn().contains(subjects.get(at)),
                            guesses(top, answers),
                            guesses(next, answers).get(0),
                            relation.map(all -> judged(all.samples().get(at).object(), top, next, answers))));
                }
            }
            return judged(rows);
        }
    }

    private static List<Guess> guesses(TopTokens top, Answers answers) {
        return IntStream.range(0, top.ids().size())
                .mapToObj(i -> new Guess(
                        answers.shown(top.ids().get(i)), top.probabilities().get(i)))
                .toList();
    }

    private static Judged judged(String object, TopTokens operator, TopTokens model, Answers answers) {
        return new Judged(object, answers.correct(operator.first(), object), answers.correct(model.first(), object));
    }

    /** As in a study: what the model doesn't know says nothing of the operator. */
    private static Applied judged(List<Row> rows) {
        List<Judged> held = rows.stream()
                .filter(row -> !row.trained())
                .flatMap(row -> row.judged().stream())
                .toList();
        return new Applied(
                rows,
                rate(held, Judged::model),
                rate(held.stream().filter(Judged::model).toList(), Judged::operator));
    }

    private static Optional<Rate> rate(List<Judged> among, Predicate<Judged> right) {
        return among.isEmpty()
                ? Optional.empty()
                : Optional.of(new Rate((int) among.stream().filter(right).count(), among.size()));
    }
}
