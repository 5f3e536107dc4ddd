package io.reprise.experiment;

import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.model.Site;
import io.reprise.model.pretrained.BoundaryStates;
import io.reprise.model.pretrained.PartOrigin;
import io.reprise.tensor.Shape;
import io.reprise.text.Prompts;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.TensorEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Runs the lower blocks of a model, and nothing above them, and writes what the upper part starts from. */
public final class SaveBoundary {
    private SaveBoundary() {}

    /**
     * What is asked for.
     *
     * @param model a whole model's directory, or a run directory
     * @param breakLayer the block that reads the states
     * @param batch prompts that go through the model together; changes no bit
     */
    public record Request(
            Path model,
            int breakLayer,
            Path prompts,
            Path out,
            int batch,
            boolean stream,
            BackendChoice backend,
            int threads) {
        public Request {
            if (batch < 1) {
                throw new IllegalArgumentException("batch = " + batch + "; expected 1 or more");
            }
        }
    }

    /**
     * What was written.
     *
     * @param positions of all prompts together
     */
    public record Written(Path file, int prompts, long positions, int breakLayer, int nLayers, double seconds) {}

    /** @throws IllegalArgumentException for prompts that the model can't take, before anything is written */
    public static Written save(Request request, PromptEvents progress) throws IOException {
        long start = System.nanoTime();
        Prompts prompts = Prompts.read(request.prompts());
        try (OpenModel open = OpenModel.open(
                request.model(), request.backend(), request.threads(), request.stream(), progress::note)) {
            var config = open.model().config();
            PartOrigin.requireBreakLayer(request.breakLayer(), 1, config.nLayers(), request.model());
            List<int[]> ids = prompts.encode(open.tokenizer());
            PromptBatches.check(prompts, ids, config);
            Site boundary = Site.of(Site.Kind.RESID_PRE, request.breakLayer());
            PromptBatches batches = new PromptBatches(
                    open.model(), ids, List.of(boundary), request.batch(), done -> progress.at(done, ids.size()));
            List<TensorEntry> entries = new ArrayList<>();
            for (int i = 0; i < prompts.size(); i++) {
                int prompt = i;
                entries.add(TensorEntry.lazy(
                        BoundaryStates.stateName(prompts.name(i), request.breakLayer()),
                        Shape.of(ids.get(i).length, config.dModel()),
                        () -> batches.values(prompt, boundary)));
                long[] tokens = Arrays.stream(ids.get(i)).asLongStream().toArray();
                entries.add(
                        TensorEntry.of(BoundaryStates.tokensName(prompts.name(i)), Shape.of(tokens.length), tokens));
            }
            SafetensorsWriter.writeAtomically(
                    request.out(),
                    BoundaryStates.metadata(
                            request.breakLayer(),
                            open.directory().fingerprint(),
                            String.valueOf(
                                    open.path().toAbsolutePath().normalize().getFileName()),
                            IntStream.range(0, prompts.size())
                                    .mapToObj(prompts::name)
                                    .toList()),
                    entries);
            return new Written(
                    request.out(),
                    prompts.size(),
                    ids.stream().mapToLong(one -> one.length).sum(),
                    request.breakLayer(),
                    config.nLayers(),
                    (System.nanoTime() - start) / 1e9);
        }
    }
}
