package io.reprise.analysis.overlap.between;

import io.reprise.analysis.circuit.Pruning;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.model.HeadCircuits;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads the width-free signatures of a model's heads and MLPs at a task. */
public final class SignatureReader {
    /**
     * A component writes to the logits if it moves them at least half as much as vectors of its size in random directions would
     * (1/√d_model of what they would along an unembedding row). Below that its OV picture in token space and its direct effects
     * are pictures of noise.
     */
    private static final double WRITES_LOGITS = 0.5;

    /**
     * A head reads tokens if content alone spreads its scores at least a tenth as much as they are spread (a hundredth of their
     * variance). Below that it attends by position, and its QK picture in token space is a picture of noise.
     */
    private static final double READS_TOKENS = 0.1;

    private final Transformer model;
    private final TaskModel task;
    private final int[] tokens;
    private final ForwardReading forward;

    private SignatureReader(Transformer model, TaskModel task, int[] tokens) {
        this.model = model;
        this.task = task;
        this.tokens = tokens;
        this.forward = ForwardReading.of(model, task.pairs(), tokens);
    }

    /**
     * @param task the same model at the prompts, over its heads and MLPs
     * @param tokens the task's vocabulary, in an order in which both models' tokens mean the same
     * @param scores of heads by name, such as {@code induction}; may be empty
     */
    public static Signatures read(
            Transformer model, TaskModel task, int[] tokens, Map<Unit, Map<String, Double>> scores) {
        if (task.universe().kind() != Universe.Kind.NODES) {
            throw new IllegalArgumentException("signatures are of heads and MLPs; given the " + task.universe());
        }
        task.universe().require(scores.keySet());
        return new SignatureReader(model, task, tokens.clone()).signatures(scores);
    }

    private Signatures signatures(Map<Unit, Map<String, Double>> scores) {
        double[] whole = task.values(task.universe().all());
        double size = Vectors.norm(whole) / Math.sqrt(whole.length);
        Pruning pruning = task.pruning(task.universe().all());
        List<ComponentReading> readings = new ArrayList<>();
        for (Unit unit : task.universe().units()) {
            double[] without = pruning.without(unit);
            double[] effect = new double[whole.length];
            Arrays.setAll(effect, i -> whole[i] - without[i]);
            boolean head = unit instanceof Unit.Head;
            readings.add(new ComponentReading(
                    unit,
                    (unit.layer() + (head ? 0 : 0.5)) / model.config().nLayers(),
                    unit instanceof Unit.Head h ? forward.pattern(h) : new double[0][],
                    fixed(unit, scores.getOrDefault(unit, Map.of())),
                    effect,
                    writesLogits(unit) ? forward.direct(unit) : new double[0],
                    forward.gram(unit),
                    size));
        }
        return new Signatures(readings, whole.length);
    }

    private Map<SignatureChannel, double[]> fixed(Unit unit, Map<String, Double> scores) {
        Map<SignatureChannel, double[]> fixed = new EnumMap<>(SignatureChannel.class);
        double[] named = scores.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .mapToDouble(Map.Entry::getValue)
                .toArray();
        Vectors.unit(named, 1).ifPresent(v -> fixed.put(SignatureChannel.SCORES, v));
        if (!(unit instanceof Unit.Head head)) {
            return fixed;
        }
        HeadCircuits circuits = new HeadCircuits(model);
        if (writesLogits(head)) {
            double[] ov = Vectors.rowsCentred(circuits.ov(head.layer(), head.head(), tokens));
            Vectors.unit(ov, 0).ifPresent(v -> fixed.put(SignatureChannel.OV, v));
        }
        double[] qk = Vectors.rowsCentred(circuits.qk(head.layer(), head.head(), tokens));
        double content = forward.inputScale(head.layer()) * Vectors.norm(qk) / Math.sqrt(qk.length);
        double spread = forward.scoreSpread(head);
        if (content >= READS_TOKENS * spread) {
            Vectors.unit(qk, 0).ifPresent(v -> fixed.put(SignatureChannel.QK, v));
        }
        return fixed;
    }

    private boolean writesLogits(Unit unit) {
        return forward.logitShare(unit)
                >= WRITES_LOGITS / Math.sqrt(model.config().dModel());
    }
}
