package io.reprise.experiment;

import io.reprise.data.Asked;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Has a model answer questions. Greedy decoding gives the whole answer exactly if, with the right tokens before it, each of the
 * answer's tokens is the likeliest; so one pass over prompt and answer tells both that and the answer's probability.
 */
final class AnswerQuestions {
    private final NextTokens model;
    private final int batch;

    /** @param batch sequences in a pass */
    AnswerQuestions(NextTokens model, int batch) {
        this.model = model;
        this.batch = batch;
    }

    /**
     * @param first whether the answer's first token is the likeliest
     * @param whole whether all of its tokens are
     * @param firstLogProb ln P(first token | prompt)
     * @param wholeLogProb ln P(answer | prompt)
     */
    record Result(boolean first, boolean whole, double firstLogProb, double wholeLogProb) {}

    /**
     * @param answered told how many are done, after each pass
     * @throws IllegalArgumentException if logits are not finite
     */
    List<Result> answer(List<Asked> questions, IntConsumer answered) {
        Result[] results = new Result[questions.size()];
        // questions of one length need no padding
        int[] order = IntStream.range(0, questions.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> questions.get(i).tokens().length))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int at = 0; at < order.length; at += batch) {
            int end = Math.min(order.length, at + batch);
            List<int[]> sequences = new ArrayList<>();
            int[] from = new int[end - at];
            for (int i = at; i < end; i++) {
                int[] tokens = questions.get(order[i]).tokens();
                sequences.add(Arrays.copyOf(tokens, tokens.length - 1));
                from[i - at] = questions.get(order[i]).promptLength() - 1;
            }
            List<float[]> logits = model.logits(sequences, from);
            int row = 0;
            for (int i = at; i < end; i++) {
                Asked question = questions.get(order[i]);
                results[order[i]] = result(question, logits.subList(row, row + question.answerLength()));
                row += question.answerLength();
            }
            answered.accept(end);
        }
        return List.of(results);
    }

    private static Result result(Asked question, List<float[]> logits) {
        boolean first = false;
        boolean whole = true;
        double firstLogProb = 0;
        double sum = 0;
        for (int i = 0; i < logits.size(); i++) {
            int token = question.tokens()[question.promptLength() + i];
            int likeliest = likeliest(logits.get(i));
            double logProb = logProb(logits.get(i), token, logits.get(i)[likeliest]);
            if (i == 0) {
                first = likeliest == token;
                firstLogProb = logProb;
            }
            whole &= likeliest == token;
            sum += logProb;
        }
        return new Result(first, whole, firstLogProb, sum);
    }

    /** Greedy decoding: {@code length} tokens after the prompt, or as many as the context has room for. */
    int[] greedy(int[] prompt, int length) {
        int[] tokens = prompt;
        int room = Math.min(length, model.nCtx() - prompt.length + 1);
        for (int i = 0; i < room; i++) {
            float[] next =
                    model.logits(List.of(tokens), new int[] {tokens.length - 1}).get(0);
            tokens = Arrays.copyOf(tokens, tokens.length + 1);
            tokens[tokens.length - 1] = likeliest(next);
        }
        return Arrays.copyOfRange(tokens, prompt.length, tokens.length);
    }

    /** The smallest id of equals. */
    private static int likeliest(float[] logits) {
        int best = 0;
        for (int id = 0; id < logits.length; id++) {
            if (!Float.isFinite(logits[id])) {
                throw new IllegalArgumentException(
                        "the logit of token id " + id + " is " + logits[id] + "; are the weights finite?");
            }
            if (logits[id] > logits[best]) {
                best = id;
            }
        }
        return best;
    }

    private static double logProb(float[] logits, int token, float max) {
        double sum = 0;
        for (float logit : logits) {
            sum += StrictMath.exp((double) logit - max);
        }
        return (double) logits[token] - max - StrictMath.log(sum);
    }
}
