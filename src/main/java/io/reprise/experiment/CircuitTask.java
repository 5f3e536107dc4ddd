package io.reprise.experiment;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.screen.Screening;
import io.reprise.analysis.circuit.screen.TaskScreen;
import io.reprise.analysis.circuit.search.SearchSpec;
import io.reprise.analysis.circuit.search.TaskModels;
import io.reprise.data.Dataset;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What every search for a circuit begins with. */
final class CircuitTask {
    private CircuitTask() {}

    /** The model's logits after each clean prompt, each [d_vocab]. */
    static List<double[]> logits(Transformer model, PairSet prompts) {
        TaskModel whole =
                TaskModels.of(model, prompts, Universe.Kind.NODES, Metric.ACCURACY, Ablation.of(Ablation.Kind.ZERO));
        return Arrays.asList(whole.logits(whole.universe().all()));
    }

    /**
     * Whether there is a circuit to be found.
     *
     * @param data of a model whose training is known
     */
    static Screening screen(Transformer model, PairSet prompts, Optional<Dataset> data, boolean force) {
        List<double[]> logits = logits(model, prompts);
        return data.map(known -> TaskScreen.trained(prompts, logits, known, force))
                .orElseGet(() -> TaskScreen.pretrained(prompts, logits, force));
    }

    /** The model at prompts, as the search has it. Give it back with {@link TaskModels#close}. */
    static TaskModel at(Transformer model, PairSet prompts, SearchSpec how) {
        return TaskModels.of(model, prompts, how.units(), how.metric(), how.replacement());
    }
}
