package io.reprise.experiment;

import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.analysis.relation.jacobian.JacobianMethod;
import io.reprise.analysis.relation.jacobian.JacobianOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.linear.RealMatrix;

/** What a model split at one layer says of prompts, by every way there is to run it; the whole comes first. */
final class SplitRoutes {
    static final long MEMORY = 1L << 28;

    private final Path model;
    private final int layer;
    private final List<SubjectPrompt> prompts;
    private final Arithmetic arithmetic;

    /** @param layer where it is split */
    SplitRoutes(Path model, int layer, List<SubjectPrompt> prompts, Arithmetic arithmetic) {
        this.model = model;
        this.layer = layer;
        this.prompts = List.copyOf(prompts);
        this.arithmetic = arithmetic;
    }

    /** What one route gave: logits of every prompt, and every Jacobian by every method. */
    static final class Measured {
        private final List<double[]> logits = new ArrayList<>();
        private final List<List<RealMatrix>> jacobians = new ArrayList<>();

        /** All numbers, in one order. */
        double[] all() {
            return Stream.concat(
                            logits.stream(),
                            jacobians.stream().flatMap(List::stream).flatMap(matrix -> Arrays.stream(matrix.getData())))
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
        }

        /** By place and prompt; each by every method. */
        List<List<RealMatrix>> jacobians() {
            return jacobians;
        }
    }

    /** @param folder for the parts; must not exist */
    List<Measured> measure(Path folder) throws IOException {
        Files.createDirectory(folder);
        Path part = folder.resolve("part");
        Path view = folder.resolve("view");
        SplitModel.split(new SplitModel.Request(model, layer, part, false), (done, total) -> {});
        SplitModel.split(new SplitModel.Request(model, layer, view, true), (done, total) -> {});
        Path states = boundary(folder);
        Optional<Path> whole = Optional.of(model);
        Optional<Path> saved = Optional.of(states);
        Optional<Path> none = Optional.empty();
        return List.of(
                measure(new OpenSubject.Place(whole, none, none), false),
                measure(new OpenSubject.Place(whole, none, none), true),
                measure(new OpenSubject.Place(whole, Optional.of(part), none), false),
                measure(new OpenSubject.Place(whole, Optional.of(view), none), true),
                measure(new OpenSubject.Place(none, Optional.of(part), saved), true),
                measure(new OpenSubject.Place(none, Optional.of(view), saved), false),
                measure(new OpenSubject.Place(whole, none, saved), false));
    }

    private Path boundary(Path folder) throws IOException {
        String lines = prompts.stream()
                .map(SubjectPrompt::tokens)
                .map(tokens -> "{\"tokens\": " + Arrays.toString(tokens) + "}\n")
                .collect(Collectors.joining());
        Path asked = folder.resolve("prompts.jsonl");
        Files.writeString(asked, lines, StandardCharsets.UTF_8);
        Path states = folder.resolve("boundary.safetensors");
        SaveBoundary.save(
                new SaveBoundary.Request(
                        model, layer, asked, states, prompts.size(), false, arithmetic.backend(), arithmetic.threads()),
                new PromptEvents() {
                    @Override
                    public void note(String note) {}

                    @Override
                    public void at(int done, int of) {}
                });
        return states;
    }

    /** @param stream whether a layer is in memory at a time */
    private Measured measure(OpenSubject.Place place, boolean stream) throws IOException {
        Measured measured = new Measured();
        try (OpenSubject open = OpenSubject.open(place, arithmetic, stream, note -> {})) {
            int last = open.model().config().nLayers() - 1;
            measured.logits.addAll(
                    Arrays.asList(open.subject(JacobianOptions.defaults()).next(prompts)));
            int[] from = IntStream.of(layer - 1, last - 1).distinct().toArray();
            for (int start : from) {
                Ends ends = new Ends(End.after(start), End.after(last));
                for (SubjectPrompt prompt : prompts) {
                    List<RealMatrix> byMethod = new ArrayList<>();
                    for (JacobianMethod method : JacobianMethod.values()) {
                        var options = new JacobianOptions(method, MEMORY, (done, total) -> {});
                        byMethod.add(
                                open.subject(options).linearize(prompt, ends).jacobian());
                    }
                    measured.jacobians.add(byMethod);
                }
            }
        }
        return measured;
    }
}
