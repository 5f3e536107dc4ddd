package io.reprise.experiment;

import io.reprise.data.Dataset;
import io.reprise.data.Determinacy;
import io.reprise.data.Example;
import io.reprise.data.KGram;
import io.reprise.data.Split;
import io.reprise.data.Steps;
import io.reprise.model.Transformer;
import io.reprise.run.Score;
import io.reprise.train.Forecast;
import io.reprise.train.Forecaster;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Step 5: how right the model is, told apart by what it could have memorised. Every accuracy stands beside the Bayes ceiling and
 * the k-gram baselines at the same positions.
 */
final class Evaluate {
    /** Training examples scored, at most: enough for an interval, and no slower than the test. */
    private static final int MOST_TRAINING_EXAMPLES = 1000;

    private final Dataset data;
    private final KGram bigrams;
    private final KGram trigrams;
    private final Steps trainingSteps;

    Evaluate(Dataset data) {
        this.data = data;
        this.bigrams = data.kGram(2);
        this.trigrams = data.kGram(3);
        this.trainingSteps = data.trainingSteps();
    }

    /**
     * @param metrics flat, for trackers and expectations
     * @param forecasts per split, in the order of its examples
     */
    record Evaluated(List<Score> scores, Map<String, Double> metrics, Map<Split, List<Forecast>> forecasts) {}

    Evaluated evaluate(Transformer model) {
        Forecaster forecaster = new Forecaster(model, data.padId());
        List<Score> scores = new ArrayList<>();
        Map<String, Double> metrics = new LinkedHashMap<>();
        Map<Split, List<Forecast>> forecasts = new EnumMap<>(Split.class);
        for (Split split : data.splits()) {
            List<Example> examples = data.examples(split);
            if (split == Split.TRAIN) {
                examples = examples.subList(0, Math.min(examples.size(), MOST_TRAINING_EXAMPLES));
            }
            if (examples.isEmpty()) {
                continue;
            }
            List<Forecast> own = forecaster.forecast(examples);
            forecasts.put(split, own);
            List<Score> ofSplit = scores(split, examples, own);
            scores.addAll(ofSplit);
            metrics.putAll(metrics(split, examples, own, ofSplit));
        }
        return new Evaluated(scores, metrics, forecasts);
    }

    private List<Score> scores(Split split, List<Example> examples, List<Forecast> forecasts) {
        Determinacy determinacy = data.determinacy();
        List<PositionSet> sets = new ArrayList<>();
        sets.add(new PositionSet("scored", Example::scored));
        sets.add(new PositionSet("determined", determined(determinacy)));
        sets.add(new PositionSet("seen", (e, i) -> determined(determinacy).test(e, i) && trainingSteps.seen(e, i)));
        sets.add(new PositionSet("unseen", (e, i) -> determined(determinacy).test(e, i) && !trainingSteps.seen(e, i)));
        List<String> components =
                examples.stream().map(Example::component).distinct().sorted().toList();
        if (components.size() > 1) {
            for (String component : components) {
                sets.add(new PositionSet(
                        component,
                        (e, i) -> e.component().equals(component)
                                && determined(determinacy).test(e, i)));
            }
        }
        int longest = examples.stream().mapToInt(Example::length).max().orElse(0);
        for (int position = 1; position < longest; position++) {
            int only = position;
            sets.add(new PositionSet("position " + position, (e, i) -> i == only && e.scored(i)));
        }
        for (int n = 0; n < examples.size(); n++) {
            for (PositionSet set : sets) {
                set.add(examples.get(n), forecasts.get(n), data, bigrams, trigrams);
            }
        }
        List<Score> scores = new ArrayList<>();
        for (PositionSet set : sets) {
            if (!set.isEmpty()) {
                scores.add(set.score(split.key()));
            }
        }
        AnswerSet answers = new AnswerSet(data, bigrams, trigrams);
        for (int n = 0; n < examples.size(); n++) {
            answers.add(examples.get(n), forecasts.get(n));
        }
        if (answers.hasLongAnswers()) {
            scores.add(answers.score(split.key()));
        }
        return scores;
    }

    private Map<String, Double> metrics(
            Split split, List<Example> examples, List<Forecast> forecasts, List<Score> scores) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        String prefix = split.key() + "/";
        for (Score score : scores) {
            switch (score.kind()) {
                case "determined" -> {
                    metrics.put(prefix + "determined_accuracy", score.accuracy());
                    metrics.put(prefix + "bigram", score.bigram());
                    metrics.put(prefix + "trigram", score.trigram());
                }
                case "scored" -> {
                    metrics.put(prefix + "scored_accuracy", score.accuracy());
                    metrics.put(prefix + "ceiling", score.ceiling());
                }
                case "seen" -> metrics.put(prefix + "seen_accuracy", score.accuracy());
                case "unseen" -> metrics.put(prefix + "unseen_accuracy", score.accuracy());
                case "whole_answer" -> {
                    metrics.put(prefix + "whole_answer", score.accuracy());
                    metrics.put(prefix + "whole_answer_bigram", score.bigram());
                    metrics.put(prefix + "whole_answer_trigram", score.trigram());
                }
                default -> {
                    if (!score.kind().startsWith("position ")) {
                        metrics.put(prefix + "by_rule/" + score.kind().replace(' ', '_'), score.accuracy());
                    }
                }
            }
        }
        metrics.put(
                prefix + "previous_token_ceiling",
                data.determinacy().bayesCeiling(Determinacy.Context.PREVIOUS_TOKEN, examples));
        metrics.put(prefix + "next_token_loss", nextTokenLoss(examples, forecasts));
        metrics.values().removeIf(value -> !Double.isFinite(value));
        return metrics;
    }

    /** Mean -ln P over scored positions: one measure for runs with different objectives. */
    private static double nextTokenLoss(List<Example> examples, List<Forecast> forecasts) {
        double sum = 0;
        long count = 0;
        for (int n = 0; n < examples.size(); n++) {
            for (int i = 1; i < examples.get(n).length(); i++) {
                if (examples.get(n).scored(i)) {
                    sum -= forecasts.get(n).logProb(i);
                    count++;
                }
            }
        }
        return sum / count;
    }

    static PositionSet.Which determined(Determinacy determinacy) {
        return (example, position) -> example.scored(position) && determinacy.determined(example, position);
    }
}
