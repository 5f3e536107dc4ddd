package io.reprise.experiment;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.screen.Screening;
import io.reprise.analysis.circuit.screen.TaskScreen;
import io.reprise.analysis.circuit.search.TaskModels;
import io.reprise.data.Dataset;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import java.util.Arrays;
import java.util.List;

/** Whether a model does a task in a way that a circuit can be looked for. */
final class ScreenTask {
    private ScreenTask() {}

    /** Of a model that was trained on {@code data}. @throws IllegalArgumentException if it doesn't and is not forced */
    static Screening trained(Transformer model, PairSet prompts, Dataset data, boolean force) {
        return TaskScreen.trained(prompts, logits(model, prompts), data, force).orThrow();
    }

    /** Of a model whose training data isn't known. @throws IllegalArgumentException as above */
    static Screening pretrained(Transformer model, PairSet prompts, boolean force) {
        return TaskScreen.pretrained(prompts, logits(model, prompts), force).orThrow();
    }

    private static List<double[]> logits(Transformer model, PairSet prompts) {
        TaskModel whole = TaskModels.of(
                model, prompts, Universe.Kind.NODES, Metric.ACCURACY, Ablation.of(Ablation.Kind.ZERO));
        return Arrays.asList(whole.logits(whole.universe().all()));
    }
}
