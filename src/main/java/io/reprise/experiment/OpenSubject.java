package io.reprise.experiment;

import io.reprise.analysis.relation.jacobian.Boundary;
import io.reprise.analysis.relation.jacobian.JacobianOptions;
import io.reprise.analysis.relation.jacobian.TransformerSubject;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.BoundaryStates;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.ModelFormatException;
import io.reprise.text.Tokenizer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A model opened for relation operators, in one of four ways that give the same bits: whole; whole for the lower blocks and a part
 * for the upper ones; a part, or the whole, with saved boundary states.
 */
public final class OpenSubject implements Closeable {
    /**
     * Where it is.
     *
     * @param model a whole model's directory, or a run directory
     * @param part as {@code reprise split} writes it
     * @param boundary as {@code reprise relation boundary} writes it
     */
    public record Place(Optional<Path> model, Optional<Path> part, Optional<Path> boundary) {
        public Place {
            if (model.isEmpty() && part.isEmpty()) {
                throw new IllegalArgumentException(
                        "no model is given; expected --model DIR, or --part DIR with --boundary FILE");
            }
            if (part.isPresent() && model.isEmpty() && boundary.isEmpty()) {
                throw new IllegalArgumentException(
                        part.get() + " is the upper part of a model: it starts from boundary states and"
                                + " not from tokens; give --boundary FILE (reprise relation boundary writes it), or --model DIR with the"
                                + " whole model");
            }
            if (part.isPresent() && model.isPresent() && boundary.isPresent()) {
                throw new IllegalArgumentException(
                        "--model, --part and --boundary are given; the part starts from one of the model and the boundary states");
            }
        }
    }

    private final Deque<Closeable> opened = new ArrayDeque<>();
    private OpenModel upper;
    private Boundary boundary;

    private OpenSubject() {}

    /**
     * @param stream whether a layer is in memory at a time; with a part, the whole is read so in any case
     * @throws ModelFormatException if part, model and boundary states are not of one model
     */
    static OpenSubject open(Place place, Arithmetic arithmetic, boolean stream, Consumer<String> notes)
            throws IOException {
        OpenSubject subject = new OpenSubject();
        try {
            subject.start(place, arithmetic, stream, notes);
            subject.upper.model().backend().warmUpDerivatives();
            return subject;
        } catch (IOException | RuntimeException | Error e) {
            subject.close();
            throw e;
        }
    }

    private void start(Place place, Arithmetic arithmetic, boolean stream, Consumer<String> notes) throws IOException {
        Path path = place.part().or(place::model).orElseThrow();
        upper = place.part().isPresent()
                ? OpenModel.openPart(path, arithmetic, stream, notes)
                : OpenModel.open(path, arithmetic, stream, notes);
        opened.push(upper);
        if (place.boundary().isPresent()) {
            BoundaryStates states = BoundaryStates.open(place.boundary().get());
            opened.push(states);
            states.checkFits(upper.directory());
            boundary = new FileBoundary(states);
        } else if (place.part().isPresent()) {
            OpenModel whole = OpenModel.open(place.model().orElseThrow(), arithmetic, true, notes);
            opened.push(whole);
            upper.directory().checkPartOf(whole.directory());
            boundary = Boundary.of(whole.model(), upper.directory().firstLayer());
        } else {
            boundary = Boundary.of(upper.model(), 0);
        }
    }

    /** The model that the upper blocks are of. */
    ModelDirectory directory() {
        return upper.directory();
    }

    Transformer model() {
        return upper.model();
    }

    /** Where the upper blocks' files are. */
    Path path() {
        return upper.path();
    }

    Optional<Tokenizer> tokenizer() throws IOException {
        return upper.tokenizer();
    }

    TransformerSubject subject(JacobianOptions options) {
        return new TransformerSubject(boundary, upper.model(), options);
    }

    @Override
    public void close() throws IOException {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }
}
