package io.reprise.experiment;

import io.reprise.model.pretrained.ModelSplit;
import java.io.IOException;
import java.nio.file.Path;

/** Writes the upper part of a model, of a directory or a run, as a model directory of its own. */
public final class SplitModel {
    private SplitModel() {}

    /**
     * What is asked for.
     *
     * @param model a model directory or a run directory
     * @param breakLayer the part's first block
     * @param out must not exist
     * @param view copy no weights
     */
    public record Request(Path model, int breakLayer, Path out, boolean view) {}

    /**
     * What was written.
     *
     * @param seconds that it took
     */
    public record Written(Path directory, ModelSplit.Written part, double seconds) {}

    /** @throws IllegalArgumentException if the model can't be broken there, or there is something at the target */
    public static Written split(Request request, ModelSplit.Progress progress) throws IOException {
        long start = System.nanoTime();
        ModelSplit.Written part = ModelSplit.split(
                OpenModel.directory(request.model()), request.breakLayer(), request.out(), request.view(), progress);
        return new Written(request.out(), part, (System.nanoTime() - start) / 1e9);
    }
}
