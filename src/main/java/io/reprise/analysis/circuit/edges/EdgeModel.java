package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Readout;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A model of whose edges only some are left as they are: embedding, heads and MLPs write; each head's queries, keys and values, MLPs
 * and logits read. Any set of edges takes one forward pass (Miller, Chughtai and Saunders 2024, Transformer Circuit Faithfulness
 * Metrics Are Not Robust, appendix: the edge-wise pass).
 *
 * <p>All edges kept is the model, and none kept the ablation's own run, bit for bit where the backend's rows don't depend on each
 * other (cpu): of resampling that is the corrupt prompt's run, of means the logits of the mean streams, of zero those of an empty
 * stream. Attention's output bias b_O belongs to no head: every receiver above it reads it, whatever is ablated, with zero ablation,
 * too.
 *
 * <p>Denoising edits the corrupt run: the circuit's edges carry what they carry in the clean run, all others what is live.
 *
 * <p>Holds the other run's values of every prompt until it is closed.
 */
public final class EdgeModel implements TaskModel, AutoCloseable {
    /** For the differences of all senders in one batch. */
    private static final long BYTES = 1L << 26;

    private final Transformer model;
    private final PairSet pairs;
    private final Metric metric;
    private final Ablation ablation;
    private final Wiring wiring;
    private final Held held;
    private final List<Batch> batches;
    private double[][] full;

    public EdgeModel(Transformer model, PairSet pairs, Metric metric, Ablation ablation) {
        this(model, pairs, metric, ablation, BYTES);
    }

    /**
     * @param bytes what the differences of all senders may take, about; prompts go through the model in batches that fit
     * @throws IllegalArgumentException if a role of the ablation stands nowhere, or an answer is outside the vocabulary
     */
    public EdgeModel(Transformer model, PairSet pairs, Metric metric, Ablation ablation, long bytes) {
        this.model = model;
        this.pairs = pairs;
        this.metric = metric;
        this.ablation = ablation;
        this.wiring = new Wiring(ModelShape.of(model.config()));
        checkRoles();
        checkAnswers();
        this.held = new Held(model.backend());
        this.batches = batches(bytes);
    }

    private void checkRoles() {
        List<String> roles = pairs.roles();
        for (String position : ablation.positions().stream().sorted().toList()) {
            if (!roles.contains(position)) {
                throw new IllegalArgumentException("ablation at \"" + position + "\": no position of " + pairs.name()
                        + " has this role; choose from " + roles);
            }
        }
    }

    private void checkAnswers() {
        int vocabulary = model.config().dVocab();
        for (PromptPair pair : pairs.pairs()) {
            for (int id : new int[] {pair.answer(), pair.wrong()}) {
                if (id < 0 || id >= vocabulary) {
                    throw new IllegalArgumentException("answer " + id + " of " + pairs.name()
                            + " is outside this model's vocabulary of 0.." + (vocabulary - 1));
                }
            }
        }
    }

    private List<Batch> batches(long bytes) {
        try {
            return new Batches(model, ablation, wiring, bytes, held).of(pairs);
        } catch (RuntimeException | Error e) {
            held.close();
            throw e;
        }
    }

    @Override
    public Universe universe() {
        return wiring.universe();
    }

    @Override
    public PairSet pairs() {
        return pairs;
    }

    @Override
    public Metric metric() {
        return metric;
    }

    @Override
    public Ablation ablation() {
        return ablation;
    }

    @Override
    public double[] values(Set<Unit> kept) {
        return values(logits(kept));
    }

    /** The metric of every prompt from its logits. */
    double[] values(double[][] logits) {
        List<PromptPair> prompts = pairs.pairs();
        double[][] whole = metric == Metric.KL ? full() : logits;
        return IntStream.range(0, logits.length)
                .mapToDouble(i -> Readout.value(metric, prompts.get(i), logits[i], whole[i]))
                .toArray();
    }

    @Override
    public double[][] logits(Set<Unit> kept) {
        universe().require(kept);
        Set<Unit> edited = kept;
        if (ablation.direction() == Ablation.Direction.NOISING) {
            edited = new HashSet<>(universe().units());
            edited.removeAll(kept);
        }
        boolean[][] mask = wiring.mask(edited);
        List<double[]> rows = new ArrayList<>();
        for (Batch batch : batches) {
            try (EditedWires wires = new EditedWires(backend(), wiring, batch, mask)) {
                rows.addAll(logits(batch.tokens(), batch.isEdited() ? wires : new Wires() {}));
            }
        }
        return rows.toArray(double[][]::new);
    }

    /** After the last token of each sequence. */
    List<double[]> logits(Tokens tokens, Wires wires) {
        try (Scope scope = backend().scope()) {
            Tensor logits = new WiredPass(model).logits(tokens, wires);
            double[] flat = backend().downloadDoubles(logits);
            int vocabulary = logits.shape().columns();
            return IntStream.range(0, tokens.batch())
                    .mapToObj(i -> Arrays.copyOfRange(flat, i * vocabulary, (i + 1) * vocabulary))
                    .toList();
        }
    }

    /** The whole model's on the clean prompts, [prompt, d_vocab]. */
    double[][] full() {
        if (full == null) {
            List<double[]> rows = new ArrayList<>();
            batches.forEach(
                    batch -> rows.addAll(logits(Batches.tokens(batch.pairs(), PromptPair::clean), new Wires() {})));
            full = rows.toArray(double[][]::new);
        }
        return full;
    }

    Transformer transformer() {
        return model;
    }

    Backend backend() {
        return model.backend();
    }

    Wiring wiring() {
        return wiring;
    }

    List<Batch> batches() {
        return batches;
    }

    @Override
    public void close() {
        held.close();
    }
}
