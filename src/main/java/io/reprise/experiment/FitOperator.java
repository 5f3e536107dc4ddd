package io.reprise.experiment;

import io.reprise.analysis.relation.EstimatorKind;
import io.reprise.analysis.relation.FixedFit;
import io.reprise.analysis.relation.LayerName;
import io.reprise.analysis.relation.LinearOperator;
import io.reprise.analysis.relation.OperatorFiles;
import io.reprise.analysis.relation.OperatorPicture;
import io.reprise.analysis.relation.RelationSpec;
import io.reprise.analysis.relation.jacobian.JacobianMethod;
import io.reprise.analysis.relation.jacobian.JacobianOptions;
import io.reprise.data.Relation;
import io.reprise.data.RelationFile;
import io.reprise.data.RelationSplit;
import io.reprise.model.ModelConfig;
import io.reprise.text.MissingTokenizerException;
import io.reprise.text.Tokenizer;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fits one linear operator of a relation, with layer and β as they are given, and writes it. */
public final class FitOperator {
    private static final Set<EstimatorKind> OF_JACOBIANS = EnumSet.of(
            EstimatorKind.JACOBIAN,
            EstimatorKind.JACOBIAN_ICL,
            EstimatorKind.JACOBIAN_ICL_MEAN,
            EstimatorKind.EMBEDDING);

    private FitOperator() {}

    /**
     * What is asked for.
     *
     * @param relation a file in the published format
     * @param from where h is, as End.parse reads it
     * @param to where z is; the last block's output if missing
     * @param rank singular values of W that are kept; all if missing
     * @param residual whether that is done to W − I
     * @param train how many subjects; trial and seed say which
     * @param demonstrations shown before a prompt, at most; all other training subjects if missing
     * @param template which of the relation's, from 0
     * @param prefix what prompts begin with; may be empty
     * @param directions how many singular directions are pictured
     * @param out the operator's files without their endings
     * @param memory bytes for tangents
     */
    public record Request(
            OpenSubject.Place place,
            Path relation,
            String from,
            Optional<String> to,
            EstimatorKind estimator,
            double beta,
            Optional<Integer> rank,
            boolean residual,
            int train,
            int trial,
            long seed,
            Optional<Integer> demonstrations,
            int template,
            String prefix,
            int directions,
            Path out,
            long memory,
            boolean stream,
            Arithmetic arithmetic) {
        public Request {
            if (train < 1) {
                throw new IllegalArgumentException("--train " + train + "; expected 1 or more subjects");
            }
            if (trial < 0) {
                throw new IllegalArgumentException("--trial " + trial + "; count from 0");
            }
            if (rank.isPresent() && !OF_JACOBIANS.contains(estimator)) {
                throw new IllegalArgumentException("--rank is for estimators whose W is a Jacobian; " + estimator.key()
                        + " is none: leave --rank out");
            }
            if (residual && rank.isEmpty()) {
                throw new IllegalArgumentException("--residual keeps W − I at a low rank; give --rank beside it");
            }
        }
    }

    /**
     * What was fitted.
     *
     * @param file the description; the weights are beside it
     * @param trainedOn the subjects
     */
    public record Fitted(
            Path file,
            String relation,
            String estimator,
            double beta,
            String template,
            List<Relation.Sample> trainedOn,
            OperatorPicture picture,
            double seconds) {
        public Fitted {
            trainedOn = List.copyOf(trainedOn);
        }
    }

    /** Hears how it gets on. */
    public interface Events {
        void note(String note);

        /**
         * @param jacobian which one, from 1
         * @param done vectors that have passed a block
         * @param total of these
         */
        void at(int jacobian, long done, long total);
    }

    /** @throws IllegalArgumentException for what cannot be asked of this model or relation, before anything is computed */
    public static Fitted fit(Request request, AtomicFile files, Events events) throws IOException {
        long start = System.nanoTime();
        OperatorPlace out = OperatorPlace.of(request.out());
        Relation relation = relation(request.relation());
        List<Relation.Sample> train = RelationSplit.of(relation, request.train(), request.seed(), request.trial())
                .train();
        try (OpenSubject open =
                OpenSubject.open(request.place(), request.arithmetic(), request.stream(), events::note)) {
            Tokenizer tokenizer = open.tokenizer()
                    .orElseThrow(() -> new MissingTokenizerException("relations are text, but the model directory"));
            ModelConfig config = open.model().config();
            if (request.rank().orElse(1) > config.dModel()) {
                throw new IllegalArgumentException("--rank " + request.rank().get() + " of a W that is "
                        + config.dModel() + " × " + config.dModel() + "; choose 1 to " + config.dModel());
            }
            int[] jacobians = {1};
            var options = new JacobianOptions(JacobianMethod.PUSHFORWARD, request.memory(), (done, total) -> {
                events.at(jacobians[0], done, total);
                jacobians[0] += done.equals(total) ? 1 : 0;
            });
            FixedFit.Fitted fitted = new FixedFit(open.subject(options), tokenizer, spec(request)).fit(relation, train);
            LinearOperator operator = fitted.operator();
            OperatorFiles.write(
                    out.directory(),
                    out.name(),
                    operator,
                    request.prefix(),
                    train.stream().map(Relation.Sample::subject).toList(),
                    config.dModel(),
                    open.directory().fingerprint(),
                    files);
            return new Fitted(
                    out.directory().resolve(out.name() + ".json"),
                    relation.name(),
                    operator.estimator(),
                    operator.beta(),
                    operator.template(),
                    train,
                    fitted.picture(),
                    (System.nanoTime() - start) / 1e9);
        }
    }

    static Relation relation(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    file + ": no such file; expected a relation file, such as those in datasets/relations");
        }
        return RelationFile.read(file, RelationFile.Subjects.REPEATED);
    }

    private static RelationSpec spec(Request request) {
        RelationSpec usual = RelationSpec.defaults();
        return new RelationSpec(
                List.of(new LayerName(request.from())),
                List.of(),
                request.to(),
                List.of(request.beta()),
                usual.ranks(),
                request.estimator(),
                List.of(),
                request.rank(),
                request.residual(),
                usual.train(), // which subjects is settled above
                usual.trials(),
                request.demonstrations(),
                request.template(),
                Optional.of(request.prefix()),
                Optional.empty(),
                usual.k(),
                usual.maxTests(),
                false,
                request.directions(),
                request.seed());
    }
}
