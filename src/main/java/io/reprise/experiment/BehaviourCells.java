package io.reprise.experiment;

import io.reprise.data.Asked;
import io.reprise.run.BehaviourCell;
import io.reprise.stats.Interval;
import io.reprise.stats.Proportions;
import io.reprise.text.Tokenizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Counts answers into a result's cell, beside what is reached without understanding. */
final class BehaviourCells {
    private static final int SAMPLES = 3;

    private final String model;
    private final NextTokens tokens;
    private final Tokenizer tokenizer;
    private final AnswerQuestions answers;

    BehaviourCells(String model, NextTokens tokens, Tokenizer tokenizer, AnswerQuestions answers) {
        this.model = model;
        this.tokens = tokens;
        this.tokenizer = tokenizer;
        this.answers = answers;
    }

    /** @param leftOut questions that could not be asked */
    BehaviourCell cell(
            String task,
            int given,
            String template,
            List<Asked> questions,
            List<AnswerQuestions.Result> results,
            int leftOut) {
        long first = results.stream().filter(AnswerQuestions.Result::first).count();
        long whole = results.stream().filter(AnswerQuestions.Result::whole).count();
        Interval ofFirst = interval(first, results.size());
        Interval ofWhole = interval(whole, results.size());
        return new BehaviourCell(
                model,
                task,
                given,
                template,
                results.size(),
                leftOut,
                first,
                ofFirst.low(),
                ofFirst.high(),
                whole,
                ofWhole.low(),
                ofWhole.high(),
                mean(results, result -> StrictMath.exp(result.firstLogProb())),
                mean(results, result -> StrictMath.exp(result.wholeLogProb())),
                mean(questions, Asked::answerLength),
                mean(questions, asked -> asked.copyHasFirst() ? 1 : 0),
                mean(questions, asked -> asked.copyIsAnswer() ? 1 : 0),
                mostFrequent(questions, asked -> asked.answer()[0]),
                mostFrequent(questions, asked -> Arrays.toString(asked.answer())),
                mean(questions, asked -> asked.question().successor() ? 1 : 0),
                mean(questions, asked -> asked.question().sameStep() ? 1 : 0),
                1.0 / tokens.dVocab(),
                samples(questions, results));
    }

    /** Of nothing asked, everything is possible. */
    private static Interval interval(long right, long total) {
        return total == 0 ? new Interval(0, 1) : Proportions.wilson(right, total);
    }

    private static <T> double mean(List<T> values, ToDoubleFunction<T> value) {
        return values.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    private static double mostFrequent(List<Asked> questions, Function<Asked, Object> answer) {
        Map<Object, Integer> counts = new HashMap<>();
        questions.forEach(asked -> counts.merge(answer.apply(asked), 1, Integer::sum));
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return questions.isEmpty() ? Double.NaN : (double) most / questions.size();
    }

    /** Spread over the questions. */
    private List<BehaviourCell.Sample> samples(List<Asked> questions, List<AnswerQuestions.Result> results) {
        int count = Math.min(SAMPLES, questions.size());
        return IntStream.range(0, count)
                .map(i -> (2 * i + 1) * questions.size() / (2 * count))
                .mapToObj(i -> {
                    Asked asked = questions.get(i);
                    return new BehaviourCell.Sample(
                            tokenizer.decode(asked.prompt()),
                            tokenizer.decode(asked.answer()),
                            tokenizer.decode(answers.greedy(asked.prompt(), asked.answerLength())),
                            StrictMath.exp(results.get(i).wholeLogProb()));
                })
                .toList();
    }
}
