package io.reprise.analysis.probe;

import io.reprise.model.Site;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.List;

/** A fitted probe: where it reads, how it pools and standardises, and its head. Immutable. */
public final class Probe {
    private final List<Site> sites;
    private final Pool pool;
    private final List<String> classes;
    private final Standardizer standardizer;
    private final DenseHead head;

    Probe(List<Site> sites, Pool pool, List<String> classes, Standardizer standardizer, DenseHead head) {
        if (head.in() != standardizer.width() || head.out() != classes.size()) {
            throw new IllegalArgumentException("a head from " + head.in() + " features to " + head.out()
                    + " classes does not fit " + standardizer.width() + " features and " + classes.size() + " classes");
        }
        this.sites = List.copyOf(sites);
        this.pool = pool;
        this.classes = List.copyOf(classes);
        this.standardizer = standardizer;
        this.head = head;
    }

    public List<Site> sites() {
        return sites;
    }

    public Pool pool() {
        return pool;
    }

    /** The labels that it tells apart. */
    public List<String> classes() {
        return classes;
    }

    Standardizer standardizer() {
        return standardizer;
    }

    DenseHead head() {
        return head;
    }

    /**
     * @param label the class with the highest score
     * @param scores before the softmax, one per class
     */
    public record Prediction(String label, List<Double> scores) {
        public Prediction {
            scores = List.copyOf(scores);
        }
    }

    /**
     * What the probe says of each example; labels of the examples are not looked at.
     *
     * @throws IllegalArgumentException if the model's features are not as wide as those it was fitted to
     */
    public List<Prediction> predict(Transformer model, List<LabelledExample> examples) {
        Matrix logits = head.logits(standardizer.apply(new Features(model, sites, pool).of(examples)));
        List<Prediction> predictions = new ArrayList<>();
        for (int row = 0; row < logits.rows(); row++) {
            List<Double> scores = new ArrayList<>();
            int best = 0;
            for (int c = 0; c < logits.columns(); c++) {
                scores.add(logits.at(row, c));
                best = logits.at(row, c) > logits.at(row, best) ? c : best;
            }
            predictions.add(new Prediction(classes.get(best), scores));
        }
        return predictions;
    }
}
