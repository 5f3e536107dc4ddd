package io.reprise.experiment;

import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.analysis.relation.jacobian.JacobianMethod;
import io.reprise.analysis.relation.jacobian.JacobianOptions;
import io.reprise.analysis.relation.jacobian.TransformerSubject;
import io.reprise.backend.Span;
import io.reprise.data.RelationPrompt;
import io.reprise.model.ModelConfig;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.text.MissingTokenizerException;
import io.reprise.text.Prompt;
import io.reprise.text.Prompts;
import io.reprise.text.TokenSpans;
import io.reprise.text.Tokenizer;
import io.reprise.weights.SafetensorsFile;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.StoredDType;
import io.reprise.weights.TensorEntry;
import io.reprise.weights.WeightsFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Writes Jacobian and bias of z(h) at prompts: {@code jacobian} [d_z, d_h], {@code bias}, {@code h}, {@code z} [d_model] and {@code
 * tokens}, one safetensors file a prompt. What is already there is not computed again.
 */
public final class RelationJacobian {
    private static final String KIND = "reprise jacobian 1";
    private static final String FILE_NAME = "[A-Za-z0-9._-]+";

    private RelationJacobian() {}

    /**
     * What is asked for.
     *
     * @param from where h is, as {@link End#parse} reads it
     * @param to where z is; the last block's output if missing
     * @param position of h; from the end if negative
     * @param subject instead of a position: a text that stands once in the prompt, whose last token is meant
     * @param toPosition of z; from the end if negative
     * @param out a file, or the directory for the files of several prompts
     * @param columns which columns (rows, if the method goes backwards); all if missing. Some have no bias
     * @param memory bytes for tangents
     */
    public record Request(
            OpenSubject.Place place,
            Prompts prompts,
            String from,
            Optional<String> to,
            Optional<Integer> position,
            Optional<String> subject,
            int toPosition,
            Path out,
            JacobianMethod method,
            Optional<Span> columns,
            long memory,
            boolean stream,
            Arithmetic arithmetic) {
        public Request {
            if (position.isPresent() == subject.isPresent()) {
                throw new IllegalArgumentException("give one of --position and --subject: where h is");
            }
        }
    }

    /**
     * One prompt's result.
     *
     * @param frobenius |J|; of some columns, theirs
     * @param image |J·h|; missing without all columns
     * @param bias |b|; missing without all columns
     * @param kept whether the file was there before
     */
    public record Written(
            Path file,
            String prompt,
            int position,
            int toPosition,
            double frobenius,
            Optional<Double> image,
            Optional<Double> bias,
            boolean kept,
            double seconds) {}

    /** Hears how it gets on. */
    public interface Events {
        void note(String note);

        /**
         * @param done vectors that have passed a block
         * @param total of these
         */
        void at(String prompt, long done, long total);

        void written(Written written);
    }

    /** A prompt, and where h and z are in it. */
    private record Located(String name, SubjectPrompt prompt, int target) {}

    /**
     * @throws IllegalArgumentException for what cannot be asked of this model, before anything is computed; or if a result is not
     *     finite
     */
    public static List<Written> write(Request request, Events events) throws IOException {
        try (OpenSubject open =
                OpenSubject.open(request.place(), request.arithmetic(), request.stream(), events::note)) {
            ModelConfig config = open.model().config();
            Ends ends = new Ends(
                    End.parse(request.from(), config),
                    End.parse(request.to().orElse(Integer.toString(config.nLayers() - 1)), config));
            List<Located> prompts = locate(request, open.tokenizer(), config);
            List<Path> files = files(request, prompts);
            List<Written> written = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                Located located = prompts.get(i);
                Map<String, String> metadata = metadata(request, open, ends, located);
                Optional<Written> before = there(files.get(i), located, metadata);
                written.add(
                        before.isPresent()
                                ? before.get()
                                : compute(request, open, ends, located, files.get(i), metadata, events));
                events.written(written.get(i));
            }
            return written;
        }
    }

    private static List<Located> locate(Request request, Optional<Tokenizer> tokenizer, ModelConfig config)
            throws MissingTokenizerException {
        List<int[]> ids = request.prompts().encode(tokenizer);
        PromptBatches.check(request.prompts(), ids, config);
        List<Located> located = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            try {
                int position = request.subject().isPresent()
                        ? ofSubject(
                                request.prompts().all().get(i),
                                request.subject().get(),
                                ids.get(i),
                                tokenizer)
                        : position(request.position().orElseThrow(), ids.get(i).length);
                located.add(new Located(
                        request.prompts().name(i),
                        new SubjectPrompt(ids.get(i), position),
                        position(request.toPosition(), ids.get(i).length)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(request.prompts().place(i) + ": " + e.getMessage(), e);
            }
        }
        return located;
    }

    private static int position(int given, int length) {
        int position = given < 0 ? length + given : given;
        if (position < 0 || position >= length) {
            throw new IllegalArgumentException("position " + given + " is not in the prompt of " + length
                    + " tokens; expected 0.." + (length - 1) + ", or -" + length + "..-1 from the end");
        }
        return position;
    }

    private static int ofSubject(Prompt prompt, String subject, int[] ids, Optional<Tokenizer> tokenizer) {
        if (!(prompt instanceof Prompt.Text text)) {
            throw new IllegalArgumentException(
                    "the prompt is given as token ids, in which --subject can't be looked up; give"
                            + " --position, or the prompt as text");
        }
        RelationPrompt place = RelationPrompt.locate(text.text(), subject);
        return TokenSpans.holdingLast(tokenizer.orElseThrow(), ids, text.text(), place.end());
    }

    private static List<Path> files(Request request, List<Located> prompts) throws IOException {
        if (prompts.size() == 1 && !Files.isDirectory(request.out())) {
            return List.of(request.out());
        }
        for (Located located : prompts) {
            if (!located.name().matches(FILE_NAME)) {
                throw new IllegalArgumentException("the prompt \"" + located.name()
                        + "\" is to give a file its name; give it an id of letters, digits, dots, - and _");
            }
        }
        if (Files.exists(request.out()) && !Files.isDirectory(request.out())) {
            throw new IllegalArgumentException(
                    request.out() + " is a file, and there are " + prompts.size() + " prompts; give --out a directory");
        }
        Files.createDirectories(request.out());
        return prompts.stream()
                .map(located -> request.out().resolve(located.name() + ".safetensors"))
                .toList();
    }

    private static Map<String, String> metadata(Request request, OpenSubject open, Ends ends, Located located)
            throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("kind", KIND);
        metadata.put("source_fingerprint", open.directory().fingerprint());
        metadata.put("from", ends.from().name());
        metadata.put("to", ends.to().name());
        metadata.put("position", Integer.toString(located.prompt().subject()));
        metadata.put("to_position", Integer.toString(located.target()));
        metadata.put("method", request.method().name().toLowerCase(java.util.Locale.ROOT));
        metadata.put("dtype", request.arithmetic().dtype().toString());
        request.columns().ifPresent(span -> metadata.put("columns", span.from() + ".." + (span.to() - 1)));
        return metadata;
    }

    /** The result of an earlier call that asked for the same. */
    private static Optional<Written> there(Path file, Located located, Map<String, String> metadata)
            throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (SafetensorsFile before = SafetensorsFile.open(file)) {
            Map<String, String> own = new LinkedHashMap<>(before.metadata());
            own.remove("format");
            long[] tokens =
                    Arrays.stream(located.prompt().tokens()).asLongStream().toArray();
            if (!own.equals(metadata) || !Arrays.equals(before.readLongs("tokens"), tokens)) {
                return Optional.empty();
            }
            double frobenius = norm(before.readDoubles("jacobian"));
            Optional<Double> bias =
                    before.has("bias") ? Optional.of(norm(before.readDoubles("bias"))) : Optional.empty();
            Optional<Double> image = Optional.empty();
            if (bias.isPresent()) {
                image = Optional.of(distance(before.readDoubles("z"), before.readDoubles("bias")));
            }
            return Optional.of(new Written(
                    file,
                    located.name(),
                    located.prompt().subject(),
                    located.target(),
                    frobenius,
                    image,
                    bias,
                    true,
                    0));
        } catch (WeightsFormatException e) {
            return Optional.empty(); // somebody else's, or an older one: replaced
        }
    }

    private static Written compute(
            Request request,
            OpenSubject open,
            Ends ends,
            Located located,
            Path file,
            Map<String, String> metadata,
            Events events)
            throws IOException {
        long start = System.nanoTime();
        JacobianOptions options = new JacobianOptions(
                request.method(), request.memory(), (done, total) -> events.at(located.name(), done, total));
        int d = open.model().config().dModel();
        Span span = request.columns().orElse(new Span(0, d));
        TransformerSubject.Columns columns =
                open.subject(options).columns(located.prompt(), ends, located.target(), span.from(), span.to());
        RealMatrix jacobian = columns.jacobian();
        double[] h = columns.state().h();
        double[] z = columns.state().z();
        boolean wide = request.arithmetic().dtype() == DType.FLOAT64;
        List<TensorEntry> entries = new ArrayList<>();
        entries.add(entry("jacobian", jacobian, wide));
        entries.add(entry("h", h, wide));
        entries.add(entry("z", z, wide));
        Optional<double[]> bias = Optional.empty();
        if (span.length() == d) {
            double[] image = jacobian.operate(h);
            double[] b = new double[d];
            Arrays.setAll(b, i -> z[i] - image[i]);
            entries.add(entry("bias", b, wide));
            bias = Optional.of(b);
        }
        int[] tokens = located.prompt().tokens();
        entries.add(TensorEntry.of(
                "tokens",
                Shape.of(tokens.length),
                Arrays.stream(tokens).asLongStream().toArray()));
        SafetensorsWriter.writeAtomically(file, metadata, entries);
        return new Written(
                file,
                located.name(),
                located.prompt().subject(),
                located.target(),
                jacobian.getFrobeniusNorm(),
                bias.map(b -> distance(z, b)),
                bias.map(RelationJacobian::norm),
                false,
                (System.nanoTime() - start) / 1e9);
    }

    private static TensorEntry entry(String name, RealMatrix matrix, boolean wide) {
        Shape shape = Shape.of(matrix.getRowDimension(), matrix.getColumnDimension());
        int columns = shape.columns();
        if (wide) {
            double[] values = Arrays.stream(matrix.getData())
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
            return TensorEntry.of(name, shape, values);
        }
        return TensorEntry.pieces(name, StoredDType.F32, shape, (from, count, target) -> {
            for (int i = 0; i < count; i++) {
                target[i] = (float) matrix.getEntry((from + i) / columns, (from + i) % columns);
            }
        });
    }

    private static TensorEntry entry(String name, double[] values, boolean wide) {
        Shape shape = Shape.of(values.length);
        return wide ? TensorEntry.of(name, shape, values) : TensorEntry.of(name, shape, narrowed(values));
    }

    private static float[] narrowed(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }

    private static double norm(double[] x) {
        return distance(x, new double[x.length]);
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }
}
