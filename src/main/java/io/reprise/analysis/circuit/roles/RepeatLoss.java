package io.reprise.analysis.circuit.roles;

import io.reprise.analysis.circuit.Unit;
import io.reprise.model.Activations;
import io.reprise.model.Intervention;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The loss on two equal blocks of random tokens, block by block: what the second is better by is induction (Olsson et al. 2022).
 * The first token of a block can't be known and isn't counted.
 *
 * @param first mean loss in the first block, natural log
 * @param second mean loss in the second
 */
public record RepeatLoss(double first, double second) {

    /**
     * The loss with some heads ablated.
     *
     * @param ablated heads whose z is replaced by its mean, position by position, over sequences whose second block is another
     * @param rng the same seed gives the same sequences whatever is ablated
     */
    public static RepeatLoss measure(Transformer model, RepeatedBlocks blocks, Set<Unit.Head> ablated, Rng rng) {
        Tokens tokens = blocks.repeated(rng.split("repeated"));
        List<Intervention> edits = edits(model, blocks.unrepeated(rng.split("unrepeated")), ablated);
        Site site = Site.of(Site.Kind.LOGITS);
        double[] logits = model.run(tokens, List.of(site), edits).get(site).data();
        return new RepeatLoss(
                loss(model, tokens, logits, 0, blocks.block()),
                loss(model, tokens, logits, blocks.block(), 2 * blocks.block()));
    }

    private static List<Intervention> edits(Transformer model, Tokens other, Set<Unit.Head> ablated) {
        Map<Integer, Set<Integer>> byLayer = new TreeMap<>();
        ablated.forEach(head ->
                byLayer.computeIfAbsent(head.layer(), layer -> new TreeSet<>()).add(head.head()));
        List<Site> sites = byLayer.keySet().stream()
                .map(layer -> Site.of(Site.Kind.Z, layer))
                .toList();
        if (sites.isEmpty()) {
            return List.of();
        }
        Activations run = model.run(other, sites);
        List<Intervention> edits = new ArrayList<>();
        for (Site site : sites) {
            double[] means = means(run.get(site));
            int heads = model.config().nHeads();
            edits.add(new Intervention(
                    site,
                    Set.of(),
                    byLayer.get(site.layer()),
                    (sequence, position, head, vector) -> System.arraycopy(
                            means, (position * heads + head) * vector.length, vector, 0, vector.length)));
        }
        return edits;
    }

    /** Over the sequences: [pos, head, d_head]. */
    private static double[] means(Activations.Value z) {
        int sequences = z.shape().dim(0);
        double[] means = new double[z.shape().size() / sequences];
        for (int i = 0; i < z.data().length; i++) {
            means[i % means.length] += z.data()[i] / sequences;
        }
        return means;
    }

    /** Over the tokens from + 1 to to - 1. */
    private static double loss(Transformer model, Tokens tokens, double[] logits, int from, int to) {
        int vocabulary = model.config().dVocab();
        double sum = 0;
        for (int sequence = 0; sequence < tokens.batch(); sequence++) {
            for (int position = from; position < to - 1; position++) {
                int row = sequence * tokens.length() + position;
                double top = Double.NEGATIVE_INFINITY;
                for (int i = 0; i < vocabulary; i++) {
                    top = Math.max(top, logits[row * vocabulary + i]);
                }
                double total = 0;
                for (int i = 0; i < vocabulary; i++) {
                    total += Math.exp(logits[row * vocabulary + i] - top);
                }
                sum += top + Math.log(total) - logits[row * vocabulary + tokens.ids()[row + 1]];
            }
        }
        return sum / (tokens.batch() * (double) (to - from - 1));
    }
}
