package io.reprise.analysis.probe;

import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Tensor;
import io.reprise.train.Checkpoints;
import io.reprise.train.Evaluation;
import io.reprise.train.StopReason;
import io.reprise.train.TrainListener;
import io.reprise.train.Trainer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Trains a fitted probe's head together with blocks below it, from where the probe stands (first the head, then all: Kumar et al.
 * 2022). Standardisation stays as it was fitted. Stopping and going on from a checkpoint gives the same bits as never stopping.
 */
public final class FineTuning {
    private final Parameters parameters;
    private final Transformer model;
    private final Set<String> frozen;
    private final Probe start;
    private final ProbeData data;
    private final FineTuneSpec spec;
    private final long seed;

    /**
     * @param probe with the weights of the lowest validation loss; the model's parameters are those, too
     * @param measure its accuracy on the test part
     * @param step where that was
     */
    public record Outcome(Probe probe, ProbeResult.Measure measure, StopReason reason, long step) {}

    /**
     * @param parameters are changed in place
     * @param frozen names of those that are not
     * @param model made of them
     * @throws IllegalArgumentException if a site is not on the residual stream, or there is nothing to train
     */
    public FineTuning(
            Parameters parameters,
            Set<String> frozen,
            Transformer model,
            Probe start,
            ProbeData data,
            FineTuneSpec spec,
            long seed) {
        this.frozen = Set.copyOf(frozen);
        this.parameters = parameters;
        this.model = model;
        this.start = start;
        this.data = data;
        this.spec = spec;
        this.seed = seed;
        chosen();
    }

    /** @param resumeFrom the checkpoint to go on from; empty to start */
    public Outcome run(Checkpoints checkpoints, Optional<Checkpoints.Found> resumeFrom, TrainListener listener)
            throws IOException {
        Rng order = Rng.of(seed).split("fine-tuning");
        Map<String, Tensor> weights = weights();
        try (HeadTensors head = new HeadTensors(model.backend(), start.head())) {
            Trainer trainer = new Trainer(
                    model.backend(),
                    () -> new FineTuneGradient(model, weights, lowest(), start, head, data, spec.batchSize(), order),
                    spec.train(),
                    () -> evaluation(head.head()),
                    checkpoints,
                    listener);
            Trainer.Outcome outcome = trainer.run(resumeFrom);
            if (outcome.reason() == StopReason.NOT_FINITE) {
                throw new IllegalArgumentException(
                        "the loss of fine-tuning became " + outcome.state().lastLoss() + " at step "
                                + outcome.state().step() + "; lower its lr");
            }
            if (outcome.state().bestStep() > 0) {
                Map<String, Tensor> all = new LinkedHashMap<>(head.byName());
                all.putAll(weights);
                checkpoints.load(checkpoints.best(), all);
            }
            Probe tuned = new Probe(start.sites(), start.pool(), start.classes(), start.standardizer(), head.head());
            return new Outcome(
                    tuned, measure(tuned), outcome.reason(), outcome.state().bestStep());
        }
    }

    private Evaluation evaluation(DenseHead head) {
        Matrix features = features(Part.VALIDATION);
        int[] labels = data.labels(Part.VALIDATION);
        int[] predicted = head.predict(features);
        int right = 0;
        for (int i = 0; i < labels.length; i++) {
            right += predicted[i] == labels[i] ? 1 : 0;
        }
        return new Evaluation(head.loss(features, labels), (double) right / labels.length);
    }

    private ProbeResult.Measure measure(Probe tuned) {
        Tally tally = new Tally(ProbeResult.FINE_TUNED, data.examples(Part.TEST));
        tally.add(tuned.head().predict(features(Part.TEST)), data.labels(Part.TEST));
        return tally.measure();
    }

    private Matrix features(Part part) {
        Features features = new Features(model, start.sites(), start.pool());
        return start.standardizer().apply(features.of(data.examples(part)));
    }

    private List<Integer> chosen() {
        int below = start.sites().stream()
                .mapToInt(FineTuneGradient::blocksBelow)
                .max()
                .orElseThrow();
        return spec.chosen(below);
    }

    private int lowest() {
        return spec.embeddings() ? -1 : chosen().get(0);
    }

    /** The parameters that are trained, in the model's order. */
    private Map<String, Tensor> weights() {
        List<Integer> blocks = chosen();
        Map<String, Tensor> weights = new LinkedHashMap<>();
        parameters.byName().forEach((name, tensor) -> {
            boolean wanted = name.startsWith("blocks.")
                    ? blocks.contains(Integer.parseInt(name.split("\\.", -1)[1]))
                    : spec.embeddings() && (name.startsWith("embed.") || name.startsWith("pos_embed."));
            if (wanted && !frozen.contains(name)) {
                weights.put(name, tensor);
            }
        });
        return weights;
    }
}
