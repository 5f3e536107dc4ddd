package io.reprise.experiment;

import io.reprise.analysis.lens.Lens;
import io.reprise.analysis.lens.LensSpec;
import io.reprise.analysis.lens.Statistic;
import io.reprise.analysis.lens.Trajectory;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.model.Transformer;
import io.reprise.report.LensView;
import io.reprise.text.Prompts;
import io.reprise.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Prompts through the logit lens of a model directory, or of a run's model. */
public final class TraceLens {
    /** Kept per cell if nobody says how many: enough for a tooltip. */
    private static final int USUAL_TOP_K = 5;

    private TraceLens() {}

    /**
     * What is asked for.
     *
     * @param model a model directory or a run directory
     * @param given the prompts
     * @param spec its top_k is replaced by {@code topK}
     * @param topK the usual number if missing
     * @param statistic shown
     * @param topDown whether the first row is on top
     * @param batch prompts that go through the model together
     * @param stream whether one layer is in memory at a time
     */
    public record Request(
            Path model,
            Given given,
            LensSpec spec,
            Optional<Integer> topK,
            Statistic statistic,
            boolean topDown,
            int batch,
            boolean stream,
            BackendChoice backend,
            int threads) {}

    /** How prompts are given: one of these. */
    public record Given(Optional<String> text, Optional<List<Integer>> tokens, Optional<Path> file) {
        public Given {
            long given = List.of(text, tokens, file).stream()
                    .filter(Optional::isPresent)
                    .count();
            if (given != 1) {
                throw new IllegalArgumentException("give one of --prompt, --tokens and --prompts");
            }
        }
    }

    /** The prompts' token ids, names, and where they were given, as far as that helps in a message. */
    private record Encoded(List<int[]> tokens, List<String> names, List<String> places) {}

    /**
     * @throws IllegalArgumentException for what cannot be asked of this model: rows, decoders, positions, prompts
     * @throws IOException if a file cannot be read or is not what it should be
     */
    public static LensView trace(Request request, PromptEvents progress) throws IOException {
        try (OpenModel open = OpenModel.open(
                request.model(), request.backend(), request.threads(), request.stream(), progress::note)) {
            Optional<Tokenizer> tokenizer = open.tokenizer();
            Encoded prompts = encode(request.given(), tokenizer);
            Transformer model = open.model();
            int topK =
                    request.topK().orElse(Math.min(USUAL_TOP_K, model.config().dVocab()));
            Lens lens = new Lens(model, request.spec().withTopK(topK));
            check(lens, prompts);
            int count = prompts.tokens().size();
            List<Trajectory> traced = lens.trace(prompts.tokens(), request.batch(), done -> progress.at(done, count));
            List<LensView.Prompt> shown = new ArrayList<>();
            for (int n = 0; n < count; n++) {
                shown.add(new LensView.Prompt(prompts.names().get(n), traced.get(n)));
            }
            return new LensView(
                    request.model().toString(),
                    open.directory().family() + " · " + BuildModel.words(model.config()),
                    lens.decoder().toString(),
                    shown,
                    request.statistic(),
                    request.topDown(),
                    id -> tokenizer.map(t -> t.token(id)).orElse("#" + id));
        }
    }

    private static void check(Lens lens, Encoded prompts) {
        for (int n = 0; n < prompts.tokens().size(); n++) {
            try {
                lens.check(prompts.tokens().get(n));
            } catch (IllegalArgumentException e) {
                String place = prompts.places().get(n);
                throw place.isEmpty() ? e : new IllegalArgumentException(place + ": " + e.getMessage(), e);
            }
        }
    }

    private static Encoded encode(Given given, Optional<Tokenizer> tokenizer) throws IOException {
        if (given.tokens().isPresent()) {
            int[] ids =
                    given.tokens().get().stream().mapToInt(Integer::intValue).toArray();
            return new Encoded(List.of(ids), List.of("prompt"), List.of(""));
        }
        if (given.text().isPresent()) {
            List<int[]> ids = Prompts.of(List.of(given.text().get())).encode(tokenizer);
            return new Encoded(ids, List.of("prompt"), List.of(""));
        }
        Prompts prompts = Prompts.read(given.file().orElseThrow());
        List<String> names = new ArrayList<>();
        List<String> places = new ArrayList<>();
        for (int n = 0; n < prompts.size(); n++) {
            names.add(prompts.name(n));
            places.add(prompts.place(n));
        }
        return new Encoded(prompts.encode(tokenizer), names, places);
    }
}
