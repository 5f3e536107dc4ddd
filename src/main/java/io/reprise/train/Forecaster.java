package io.reprise.train;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.data.Batch;
import io.reprise.data.Example;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Runs a model over examples and keeps, for every position, its guess and the probability of what really comes. */
public final class Forecaster {
    private static final int ROWS_PER_CHUNK = 384;

    private final Transformer model;
    private final int padId;

    public Forecaster(Transformer model, int padId) {
        this.model = model;
        this.padId = padId;
    }

    /**
     * @return one forecast per example, in order
     * @throws ArithmeticException if the model's logits are not finite
     */
    public List<Forecast> forecast(List<Example> examples) {
        Forecast[] forecasts = new Forecast[examples.size()];
        int longest = examples.stream().mapToInt(Example::length).max().orElse(1);
        int perChunk = Math.max(1, ROWS_PER_CHUNK / longest);
        int chunks = (examples.size() + perChunk - 1) / perChunk;
        model.backend().parallel(chunks, chunk -> {
            int from = chunk * perChunk;
            int to = Math.min(examples.size(), from + perChunk);
            forecast(examples.subList(from, to), forecasts, from);
        });
        return Arrays.asList(forecasts);
    }

    private void forecast(List<Example> examples, Forecast[] out, int offset) {
        Backend backend = model.backend();
        Tokens tokens = LabeledBatch.tokens(Batch.of(examples, padId));
        float[] logits;
        try (Scope scope = backend.scope()) {
            logits = backend.download(model.logits(tokens));
        }
        int vocabulary = model.config().dVocab();
        IntStream.range(0, examples.size()).forEach(n -> {
            Example example = examples.get(n);
            int[] guesses = new int[example.length()];
            double[] logProbs = new double[example.length()];
            for (int i = 1; i < example.length(); i++) {
                int row = (n * tokens.length() + i - 1) * vocabulary;
                guesses[i] = argmax(logits, row, vocabulary);
                logProbs[i] = logProb(logits, row, vocabulary, example.token(i), logits[row + guesses[i]]);
            }
            out[offset + n] = new Forecast(guesses, logProbs);
        });
    }

    private static int argmax(float[] logits, int from, int count) {
        int best = 0;
        for (int j = 0; j < count; j++) {
            if (!Float.isFinite(logits[from + j])) {
                throw new ArithmeticException("a logit is " + logits[from + j]);
            }
            if (logits[from + j] > logits[from + best]) {
                best = j;
            }
        }
        return best;
    }

    private static double logProb(float[] logits, int from, int count, int token, float max) {
        double sum = 0;
        for (int j = 0; j < count; j++) {
            sum += StrictMath.exp((double) logits[from + j] - max);
        }
        return (double) logits[from + token] - max - StrictMath.log(sum);
    }
}
