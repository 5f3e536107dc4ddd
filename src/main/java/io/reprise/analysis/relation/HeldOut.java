package io.reprise.analysis.relation;

import io.reprise.data.Relation;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A trial's test subjects, and what the model itself answers after the same prompts as the operator's. */
final class HeldOut {
    private final List<Relation.Sample> samples;
    private final List<SubjectPrompt> prompts;
    private final List<Integer> answered = new ArrayList<>();
    private final List<Integer> known = new ArrayList<>();
    private final Answers answers;

    /** @param shown demonstrations of the operator that these are to be asked with */
    HeldOut(
            SubjectModel model,
            PromptMaker maker,
            String template,
            List<Relation.Sample> shown,
            List<Relation.Sample> samples,
            Answers answers) {
        this.samples = List.copyOf(samples);
        this.answers = answers;
        this.prompts = samples.stream()
                .map(sample -> maker.makeWithoutItself(template, sample.subject(), shown))
                .toList();
        double[][] logits = model.next(prompts);
        for (int i = 0; i < logits.length; i++) {
            answered.add(TopTokens.of(logits[i], 1).first());
            if (correct(answered.get(i), i)) {
                known.add(i);
            }
        }
    }

    List<Relation.Sample> samples() {
        return samples;
    }

    List<SubjectPrompt> prompts() {
        return prompts;
    }

    /** The model's own top token. */
    int answered(int i) {
        return answered.get(i);
    }

    /** Places of those that the model answers right. */
    List<Integer> known() {
        return known;
    }

    List<Integer> unknown() {
        return all().stream().filter(i -> !known.contains(i)).toList();
    }

    List<Integer> all() {
        return IntStream.range(0, samples.size()).boxed().toList();
    }

    boolean correct(int token, int i) {
        return answers.correct(token, samples.get(i).object());
    }

    /** recall@1 … recall@k over {@code among}, which is not empty. */
    List<Rate> recall(List<TopTokens> tops, List<Integer> among, int k) {
        List<Rate> recall = new ArrayList<>();
        for (int most = 1; most <= k; most++) {
            int upTo = most;
            long right = among.stream()
                    .filter(i -> tops.get(i).ids().stream().limit(upTo).anyMatch(token -> correct(token, i)))
                    .count();
            recall.add(new Rate((int) right, among.size()));
        }
        return recall;
    }
}
