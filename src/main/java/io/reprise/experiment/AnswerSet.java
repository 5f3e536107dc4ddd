package io.reprise.experiment;

import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.KGram;
import io.reprise.run.Score;
import io.reprise.stats.ClusteredProportion;
import io.reprise.stats.Interval;
import io.reprise.train.Forecast;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Whole answers: right only if every token of the answer is, each predicted from the true tokens before it. An answer counts if
 * all its tokens are determined.
 */
final class AnswerSet {
    private final Dataset data;
    private final KGram bigrams;
    private final KGram trigrams;
    private final ClusteredProportion right = new ClusteredProportion();
    private long bigram;
    private long trigram;
    private boolean longAnswers;

    AnswerSet(Dataset data, KGram bigrams, KGram trigrams) {
        this.data = data;
        this.bigrams = bigrams;
        this.trigrams = trigrams;
    }

    void add(Example example, Forecast forecast) {
        int correct = 0;
        int total = 0;
        for (Example.Span span : example.answers()) {
            if (!all(span, i -> data.determinacy().determined(example, i))) {
                continue;
            }
            total++;
            longAnswers |= span.length() > 1;
            correct += all(span, i -> forecast.guess(i) == example.token(i)) ? 1 : 0;
            bigram += all(span, i -> bigrams.predict(example, i) == example.token(i)) ? 1 : 0;
            trigram += all(span, i -> trigrams.predict(example, i) == example.token(i)) ? 1 : 0;
        }
        right.addCluster(correct, total);
    }

    /** Whether any answer has several tokens; otherwise this says nothing new. */
    boolean hasLongAnswers() {
        return longAnswers;
    }

    Score score(String split) {
        Interval interval = right.interval();
        double total = right.total();
        return new Score(
                split,
                "whole_answer",
                right.correct(),
                right.total(),
                interval.low(),
                interval.high(),
                1.0,
                bigram / total,
                trigram / total);
    }

    private static boolean all(Example.Span span, IntPredicate holds) {
        return IntStream.range(span.from(), span.to()).allMatch(holds);
    }
}
