package io.reprise.analysis.overlap.channels;

import io.reprise.analysis.lens.Lens;
import io.reprise.analysis.lens.LensSpec;
import io.reprise.analysis.lens.Trajectory;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What the logit lens (nostalgebraist 2020) says of the answers of a task's clean prompts, by relative depth: 0 is what the first
 * block reads, 1 the model's own output, with a row after each attention and each MLP.
 */
public final class LensProfile {
    /** Prompts whose logits are in memory together. */
    private static final int BATCH = 8;

    private final double[] depths;
    private final List<Prompt> prompts;

    /** One prompt's numbers. */
    private static final class Prompt {
        private final List<String> roles;
        private final double[][] probability; // [row][position], of the answer
        private final double[][] logRank;
        private final double[][] kl; // KL(model's own ‖ row)
        private final double[] margin; // [row], logit of the answer minus the wrong answer's, at the last position
        private final double[][] distribution; // [row][task token], at the last position

        Prompt(List<String> roles, int rows, int tokens) {
            this.roles = roles;
            this.probability = new double[rows][roles.size()];
            this.logRank = new double[rows][roles.size()];
            this.kl = new double[rows][roles.size()];
            this.margin = new double[rows];
            this.distribution = new double[rows][tokens];
        }
    }

    private LensProfile(double[] depths, List<Prompt> prompts) {
        this.depths = depths;
        this.prompts = List.copyOf(prompts);
    }

    /** @param tokens the task's vocabulary, over which distributions are compared */
    public static LensProfile of(Transformer model, PairSet pairs, List<Integer> tokens) {
        LensSpec spec = LensSpec.defaults().withRows(true, 1, true).withTopK(1).withAllLogits();
        Lens lens = new Lens(model, spec);
        int layers = model.config().nLayers();
        double[] depths = lens.rows().stream()
                .mapToDouble(row -> layers == 0 ? 1 : row.depth() / layers)
                .toArray();
        List<Prompt> prompts = new ArrayList<>();
        for (PairSet.Group group : pairs.groups()) {
            for (int from = 0; from < group.pairs().size(); from += BATCH) {
                List<PromptPair> batch =
                        group.pairs().subList(from, Math.min(group.pairs().size(), from + BATCH));
                List<int[]> ids = batch.stream()
                        .map(pair -> pair.clean().stream()
                                .mapToInt(Integer::intValue)
                                .toArray())
                        .toList();
                List<Trajectory> traces = lens.trace(ids, BATCH, done -> {});
                for (int i = 0; i < batch.size(); i++) {
                    prompts.add(read(traces.get(i), batch.get(i), group.roles(), tokens));
                }
            }
        }
        return new LensProfile(depths, prompts);
    }

    private static Prompt read(Trajectory trace, PromptPair pair, List<String> roles, List<Integer> tokens) {
        int rows = trace.rows().size();
        Prompt prompt = new Prompt(roles, rows, tokens.size());
        int last = roles.size() - 1;
        for (int row = 0; row < rows; row++) {
            for (int position = 0; position <= last; position++) {
                float[] logits = trace.logits(row, position);
                float own = logits[pair.answer()];
                int rank = 0;
                double sum = 0; // of e to logits above the answer's: 1/probability
                for (float logit : logits) {
                    rank += logit >= own ? 1 : 0;
                    sum += Math.exp((double) logit - own);
                }
                prompt.probability[row][position] = 1 / sum;
                prompt.logRank[row][position] = Math.log(rank);
                prompt.kl[row][position] = trace.cell(row, position).kl();
            }
            float[] end = trace.logits(row, last);
            prompt.margin[row] = (double) end[pair.answer()] - end[pair.wrong()];
            softmax(end, tokens, prompt.distribution[row]);
        }
        return prompt;
    }

    private static void softmax(float[] logits, List<Integer> tokens, double[] out) {
        double most = Double.NEGATIVE_INFINITY;
        for (int token : tokens) {
            most = Math.max(most, logits[token]);
        }
        double sum = 0;
        for (int t = 0; t < out.length; t++) {
            out[t] = Math.exp(logits[tokens.get(t)] - most);
            sum += out[t];
        }
        for (int t = 0; t < out.length; t++) {
            out[t] /= sum;
        }
    }

    /** Prompts, in the order of their pairs. */
    public int size() {
        return prompts.size();
    }

    /** Relative depths of the rows, rising. */
    public double[] depths() {
        return depths.clone();
    }

    /**
     * The depth at which the decision falls: the first relative depth from which on the answer is the most probable token at the
     * last position; empty if it is not in the end.
     */
    public OptionalDouble decision(int prompt) {
        int last = prompts.get(prompt).roles.size() - 1;
        return from(row -> prompts.get(prompt).logRank[row][last] == 0);
    }

    /** The same for the answer being more probable than the wrong answer. */
    public OptionalDouble preference(int prompt) {
        return from(row -> prompts.get(prompt).margin[row] > 0);
    }

    private OptionalDouble from(java.util.function.IntPredicate holds) {
        int row = depths.length;
        while (row > 0 && holds.test(row - 1)) {
            row--;
        }
        return row == depths.length ? OptionalDouble.empty() : OptionalDouble.of(depths[row]);
    }

    /** Mean over prompts, and over the positions of one role, at a relative depth, linear between rows. */
    LensSummary.Point mean(String role, double depth) {
        double probability = 0;
        double logRank = 0;
        double kl = 0;
        int count = 0;
        for (Prompt prompt : prompts) {
            for (int position = 0; position < prompt.roles.size(); position++) {
                if (prompt.roles.get(position).equals(role)) {
                    probability += at(prompt.probability, position, depth);
                    logRank += at(prompt.logRank, position, depth);
                    kl += at(prompt.kl, position, depth);
                    count++;
                }
            }
        }
        return new LensSummary.Point(depth, probability / count, Math.exp(logRank / count), kl / count);
    }

    /** Probability of the answer at the last position. */
    double probability(int prompt, double depth) {
        Prompt own = prompts.get(prompt);
        return at(own.probability, own.roles.size() - 1, depth);
    }

    /** Probabilities of the task's tokens, among themselves, at the last position. */
    double[] distribution(int prompt, double depth) {
        double[][] rows = prompts.get(prompt).distribution;
        double[] mixed = new double[rows[0].length];
        for (int t = 0; t < mixed.length; t++) {
            mixed[t] = at(rows, t, depth);
        }
        return mixed;
    }

    private double at(double[][] rows, int column, double depth) {
        int above = 0;
        while (above < depths.length && depths[above] < depth) {
            above++;
        }
        if (above == 0 || above == depths.length) {
            return rows[Math.min(above, depths.length - 1)][column];
        }
        double share = (depth - depths[above - 1]) / (depths[above] - depths[above - 1]);
        return rows[above - 1][column] + share * (rows[above][column] - rows[above - 1][column]);
    }
}
