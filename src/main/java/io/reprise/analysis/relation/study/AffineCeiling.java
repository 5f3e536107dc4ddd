package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.Answers;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.State;
import io.reprise.analysis.relation.SubjectModel;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.analysis.relation.Svd;
import io.reprise.analysis.relation.TopTokens;
import io.reprise.data.Relation;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * What affine maps of h can reach at best, fitted on all subjects and scored on the same ones: a ceiling, not an estimate. The map
 * with the least squared error to z is the one that an operator imitates, so its edits are the ceiling of causality. It need not be
 * the one that names most objects; for faithfulness a multinomial logistic regression from h to the object is therefore fitted as
 * well, and the better of the two counts. With as many dimensions as subjects any objects can be fitted, known or not: the same
 * regression on objects dealt out anew tells how much that is.
 */
public final class AffineCeiling {
    private static final int STEPS = 3000;
    private static final double RATE = 1;
    private static final double MOMENTUM = 0.9;

    /**
     * @param subjects that the model answers right, which are fitted and scored
     * @param leastSquares share of them whose object the map to z names
     * @param logistic share whose object the regression names
     * @param shuffled the same for objects dealt out anew
     * @param causality edits by the map to z at the rank that is best for them; absent if no two subjects have different objects
     */
    public record Result(
            int subjects, double leastSquares, double logistic, double shuffled, Optional<Double> causality) {
        /** The most that an affine map was found to name. */
        public double faithfulness() {
            return Math.max(leastSquares, logistic);
        }
    }

    private final SubjectModel model;
    private final Answers answers;
    private final Ends ends;
    private final List<Integer> ranks;

    /** @param ranks of the pseudo-inverse; all are tried */
    public AffineCeiling(SubjectModel model, Answers answers, Ends ends, List<Integer> ranks) {
        this.model = model;
        this.answers = answers;
        this.ends = ends;
        this.ranks = List.copyOf(ranks);
    }

    /**
     * @param prompts of the samples' subjects, in their order
     * @throws IllegalArgumentException if the model answers none right
     */
    public Result of(List<Relation.Sample> samples, List<SubjectPrompt> prompts, Rng rng) {
        double[][] own = model.next(prompts);
        List<Integer> known = IntStream.range(0, samples.size())
                .filter(i -> answers.correct(
                        TopTokens.of(own[i], 1).first(), samples.get(i).object()))
                .boxed()
                .toList();
        if (known.isEmpty()) {
            throw new IllegalArgumentException(
                    "the model answers none of the " + samples.size() + " subjects right; train it longer");
        }
        List<Relation.Sample> facts = known.stream().map(samples::get).toList();
        List<SubjectPrompt> asked = known.stream().map(prompts::get).toList();
        List<State> states = model.states(asked, ends);
        RealMatrix features = features(states);
        RealMatrix map = new SingularValueDecomposition(features).getSolver().solve(targets(states)); // [d + 1, d]
        double[][] fitted = features.multiply(map).getData();
        double leastSquares = share(model.decode(fitted, ends.to()), facts);

        int[] objects =
                facts.stream().mapToInt(fact -> answers.first(fact.object())).toArray();
        int[] classes = Arrays.stream(objects).distinct().sorted().toArray();
        int[] labels = Arrays.stream(objects)
                .map(token -> Arrays.binarySearch(classes, token))
                .toArray();
        int[] order = rng.split("shuffled").permutation(labels.length);
        int[] dealt =
                IntStream.range(0, labels.length).map(i -> labels[order[i]]).toArray();
        double[][] white = whitened(features);
        return new Result(
                facts.size(),
                leastSquares,
                logistic(white, labels, classes.length),
                logistic(white, dealt, classes.length),
                causality(facts, asked, states, map, rng.split("edits")));
    }

    private double share(double[][] logits, List<Relation.Sample> facts) {
        int right = 0;
        for (int i = 0; i < logits.length; i++) {
            right += answers.correct(
                            TopTokens.of(logits[i], 1).first(), facts.get(i).object())
                    ? 1
                    : 0;
        }
        return (double) right / logits.length;
    }

    /** h and a one: [n, d + 1]. */
    private static RealMatrix features(List<State> states) {
        RealMatrix features =
                new Array2DRowRealMatrix(states.size(), states.get(0).h().length + 1);
        for (int i = 0; i < states.size(); i++) {
            double[] row = Arrays.copyOf(states.get(i).h(), features.getColumnDimension());
            row[row.length - 1] = 1;
            features.setRow(i, row);
        }
        return features;
    }

    private static RealMatrix targets(List<State> states) {
        return new Array2DRowRealMatrix(states.stream().map(State::z).toArray(double[][]::new), false);
    }

    /** An orthogonal basis of the features' span, each row of length about √rank: affine functions stay what they are. */
    private static double[][] whitened(RealMatrix features) {
        SingularValueDecomposition svd = new SingularValueDecomposition(features);
        int rank = svd.getRank();
        return svd.getU()
                .getSubMatrix(0, features.getRowDimension() - 1, 0, rank - 1)
                .scalarMultiply(Math.sqrt(features.getRowDimension()))
                .getData();
    }

    /** Gradient descent with momentum on the mean cross-entropy, from zero; the best accuracy on the way counts. */
    private static double logistic(double[][] x, int[] labels, int classes) {
        int n = x.length;
        int d = x[0].length;
        double[][] weight = new double[classes][d];
        double[][] velocity = new double[classes][d];
        int best = 0;
        for (int step = 0; step < STEPS && best < n; step++) {
            double[][] gradient = new double[classes][d];
            int right = 0;
            for (int i = 0; i < n; i++) {
                double[] p = new double[classes];
                for (int c = 0; c < classes; c++) {
                    for (int j = 0; j < d; j++) {
                        p[c] += weight[c][j] * x[i][j];
                    }
                }
                int top = softmax(p);
                right += top == labels[i] ? 1 : 0;
                p[labels[i]] -= 1;
                for (int c = 0; c < classes; c++) {
                    for (int j = 0; j < d; j++) {
                        gradient[c][j] += p[c] * x[i][j] / n;
                    }
                }
            }
            best = Math.max(best, right);
            for (int c = 0; c < classes; c++) {
                for (int j = 0; j < d; j++) {
                    velocity[c][j] = MOMENTUM * velocity[c][j] - RATE * gradient[c][j];
                    weight[c][j] += velocity[c][j];
                }
            }
        }
        return (double) best / n;
    }

    /** Logits become probabilities. @return the likeliest class, the first of equals */
    private static int softmax(double[] p) {
        int top = 0;
        for (int c = 1; c < p.length; c++) {
            top = p[c] > p[top] ? c : top;
        }
        double most = p[top];
        double total = 0;
        for (int c = 0; c < p.length; c++) {
            p[c] = Math.exp(p[c] - most);
            total += p[c];
        }
        for (int c = 0; c < p.length; c++) {
            p[c] /= total;
        }
        return top;
    }

    private Optional<Double> causality(
            List<Relation.Sample> facts, List<SubjectPrompt> prompts, List<State> states, RealMatrix map, Rng rng) {
        List<Integer> all = IntStream.range(0, facts.size()).boxed().toList();
        List<Edits.Edit> edits = Edits.draw(facts, all, answers, rng);
        if (edits.isEmpty()) {
            return Optional.empty();
        }
        int d = states.get(0).h().length;
        Svd svd = Svd.of(map.getSubMatrix(0, d - 1, 0, d - 1).transpose()); // W without the row of b
        List<Double> rates = new ArrayList<>();
        for (int rank : ranks) {
            int right = 0;
            for (Edits.Edit edit : edits) {
                double[] h = Editor.OPERATOR.edit(
                        states.get(edit.source()), states.get(edit.target()), new double[0], Optional.of(svd), rank);
                double[] logits = model.nextWith(prompts.get(edit.source()), ends.from(), h);
                right += answers.correct(
                                TopTokens.of(logits, 1).first(),
                                facts.get(edit.target()).object())
                        ? 1
                        : 0;
            }
            rates.add((double) right / edits.size());
        }
        return Optional.of(rates.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
    }
}
