package io.reprise.analysis.overlap.between;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.BlockWeights;
import io.reprise.model.Transformer;
import io.reprise.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Directions of the residual stream that logits are read along, the final norm's gain and centring folded in. */
final class LogitDirections {
    private final double[][] answers;
    private final double[][] tokens;

    LogitDirections(Transformer model, PairSet pairs, int[] vocabulary) {
        List<PromptPair> prompts = pairs.pairs();
        double[][] right =
                unembed(model, prompts.stream().mapToInt(PromptPair::answer).toArray());
        double[][] wrong =
                unembed(model, prompts.stream().mapToInt(PromptPair::wrong).toArray());
        answers = right;
        for (int i = 0; i < answers.length; i++) {
            for (int j = 0; j < answers[i].length; j++) {
                answers[i][j] -= wrong[i][j];
            }
        }
        tokens = unembed(model, vocabulary);
        double[] mean = new double[model.config().dModel()];
        for (double[] row : tokens) {
            for (int j = 0; j < mean.length; j++) {
                mean[j] += row[j] / tokens.length;
            }
        }
        for (double[] row : tokens) {
            for (int j = 0; j < mean.length; j++) {
                row[j] -= mean[j];
            }
        }
    }

    /** Answer minus wrong answer of a prompt. */
    double[] answer(int prompt) {
        return answers[prompt];
    }

    /** Of each of the task's tokens, minus their mean. */
    double[][] tokens() {
        return tokens;
    }

    private static double[][] unembed(Transformer model, int[] ids) {
        Backend backend = model.backend();
        try (Scope scope = backend.scope()) {
            double[][] rows = rows(backend, model.weights().unembedRows(ids));
            Optional<Tensor> gain = model.weights().lnFinal().map(BlockWeights.Norm::gain);
            if (gain.isPresent()) {
                double[] factors = backend.downloadDoubles(gain.get());
                for (int i = 0; i < rows.length; i++) {
                    double[] row = rows[i];
                    Arrays.setAll(row, j -> row[j] * factors[j]);
                    rows[i] = Vectors.minusMean(row);
                }
            }
            return rows;
        }
    }

    static double[][] rows(Backend backend, Tensor matrix) {
        double[] flat = backend.downloadDoubles(matrix);
        int columns = matrix.shape().columns();
        double[][] rows = new double[matrix.shape().rows()][];
        Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * columns, (i + 1) * columns));
        return rows;
    }
}
