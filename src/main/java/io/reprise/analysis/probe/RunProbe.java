package io.reprise.analysis.probe;

import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A probe on sequences of a run's task that the model was not trained on.
 *
 * @param name in metrics: probe/name/accuracy; the kind of label if missing
 * @param label what is asked
 * @param apart what no two parts of the probe share; the token if one token is asked about, the unit otherwise
 * @param examples sequences at most
 * @param sites what it reads
 * @param pool how positions become one; where one token is asked about: which
 * @param head the classifier
 * @param split the probe's own parts
 * @param seeds heads fitted to the true labels, and to shuffled ones
 * @param randomModels models with random weights
 */
public record RunProbe(
        Optional<String> name,
        Optional<ProbeTarget> label,
        Optional<Apart> apart,
        int examples,
        List<String> sites,
        Pool pool,
        HeadSpec head,
        ProbeData.Shares split,
        int seeds,
        int randomModels) {
    /** What a split keeps together. */
    public enum Apart {
        /** Equal sequences. */
        SEQUENCE,
        /** Sequences with the same token at the position asked about: the test asks about tokens that no fit has seen there. */
        TOKEN,
        /** Sequences of the same unit of the task (series, rule, start). */
        UNIT
    }

    public RunProbe {
        if (label.isEmpty()) {
            throw new IllegalArgumentException("label is missing; choose rule, parity or {above: NUMBER}");
        }
        if (name.isPresent() && !name.get().matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException("name = \"" + name.get()
                    + "\" becomes part of a metric: use letters, digits, dots, hyphens and underscores");
        }
        if (sites.isEmpty()) {
            throw new IllegalArgumentException(
                    "sites is empty; name at least one, for example blocks.0.hook_resid_post");
        }
        boolean pointed = pool instanceof Pool.Last || pool instanceof Pool.Position;
        if (!pointed && (label.get().ofToken() || apart.equals(Optional.of(Apart.TOKEN)))) {
            throw new IllegalArgumentException("pool = " + pool.label()
                    + " points at no token, and the probe asks about one; choose last or {position: N}");
        }
        if (examples < 1) {
            throw new IllegalArgumentException("examples = " + examples + "; expected 1 or more");
        }
        sites = List.copyOf(sites);
        new ProbeSpec(sites, pool, head, split, seeds, randomModels); // its problems are this record's
    }

    public static RunProbe defaults() {
        ProbeSpec usual = ProbeSpec.defaults();
        return new RunProbe(
                Optional.empty(),
                Optional.of(new ProbeTarget.Rule()),
                Optional.empty(),
                1000,
                List.of("blocks.0.hook_resid_post"),
                usual.pool(),
                usual.head(),
                usual.split(),
                usual.seeds(),
                usual.randomModels());
    }

    /** The name in metrics. */
    public String metricName() {
        return name.orElseGet(
                () -> label.orElseThrow().getClass().getSimpleName().toLowerCase(Locale.ROOT));
    }

    /** What no two parts share. */
    public Apart keptApart() {
        return apart.orElse(label.orElseThrow().ofToken() ? Apart.TOKEN : Apart.UNIT);
    }

    /** As a probe on any examples. */
    public ProbeSpec spec() {
        return new ProbeSpec(sites, pool, head, split, seeds, randomModels);
    }

    /** What is asked, where, in words. */
    public String words() {
        String where = pool instanceof Pool.Position position
                ? " at position " + position.position()
                : pool instanceof Pool.Last ? " at the last position" : "";
        return label.orElseThrow().words() + where;
    }

    /**
     * Labelled sequences of the test set.
     *
     * @throws IllegalArgumentException if there are none
     */
    public List<LabelledExample> examples(Dataset data) {
        List<Example> unseen = data.examples(Split.TEST);
        if (unseen.isEmpty()) {
            throw new IllegalArgumentException("a probe needs sequences that the model was not trained on, and"
                    + " split.test leaves none; give it some");
        }
        List<LabelledExample> examples = new ArrayList<>();
        for (Example example : unseen.subList(0, Math.min(this.examples, unseen.size()))) {
            int position = pool instanceof Pool.Position at ? at.in(example.length()) : example.length() - 1;
            String group =
                    switch (keptApart()) {
                        case SEQUENCE -> "";
                        case TOKEN -> "token " + data.vocabulary().token(example.token(position));
                        case UNIT -> example.unit();
                    };
            examples.add(new LabelledExample(
                    example.tokens(),
                    label.orElseThrow().label(example, position, data.vocabulary()),
                    group,
                    "test sequence " + String.join(" ", data.vocabulary().decode(example.tokens()))));
        }
        return examples;
    }
}
