package io.reprise.run;

import java.util.List;

/**
 * How a model answers one task, with so many members given, in one template. Shares are NaN where nothing was asked.
 *
 * @param model the model's name in the result
 * @param given members shown
 * @param asked questions
 * @param leftOut questions that this model can't be asked: no tokens for them, or longer than its context
 * @param firstRight how often the answer's first token was the likeliest
 * @param firstLow lower end of its 95% Wilson interval, as if questions were independent
 * @param wholeRight how often greedy decoding gave every token of the answer
 * @param firstProbability mean probability of the answer's first token
 * @param wholeProbability mean probability of the whole answer, each token given the right ones before it
 * @param answerTokens mean length of the answers
 * @param copyFirst share of answers whose first token is that of the last member given
 * @param copyWhole share of answers that are the last member given
 * @param frequentFirst share of the most frequent first token of an answer
 * @param frequentWhole share of the most frequent answer
 * @param successorWhole share of answers that are the member after the last one given
 * @param sameStepWhole share of answers that keep the last step
 * @param chance of a first token by a uniform guess: 1 / d_vocab
 * @param samples a few questions
 */
public record BehaviourCell(
        String model,
        String task,
        int given,
        String template,
        long asked,
        long leftOut,
        long firstRight,
        double firstLow,
        double firstHigh,
        long wholeRight,
        double wholeLow,
        double wholeHigh,
        double firstProbability,
        double wholeProbability,
        double answerTokens,
        double copyFirst,
        double copyWhole,
        double frequentFirst,
        double frequentWhole,
        double successorWhole,
        double sameStepWhole,
        double chance,
        List<Sample> samples) {
    public BehaviourCell {
        samples = List.copyOf(samples);
        if (asked < 0 || firstRight > asked || wholeRight > firstRight) {
            throw new IllegalArgumentException(wholeRight + " whole answers and " + firstRight
                    + " first tokens right of " + asked + "; a whole answer has its first token");
        }
    }

    /**
     * One question, as people read it.
     *
     * @param answered what greedy decoding gives, as many tokens as the answer has
     */
    public record Sample(String prompt, String expected, String answered, double probability) {}

    public double first() {
        return asked == 0 ? Double.NaN : (double) firstRight / asked;
    }

    public double whole() {
        return asked == 0 ? Double.NaN : (double) wholeRight / asked;
    }
}
