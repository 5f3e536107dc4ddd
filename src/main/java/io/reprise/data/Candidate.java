package io.reprise.data;

import io.reprise.text.Vocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A distinct sequence before it has a split, with everything it may come from: 2 4 is +2 from 2, and 2 times 2. */
final class Candidate {
    private final Example example;
    private final Vocabulary vocabulary;
    private final List<Origin> origins = new ArrayList<>(1);
    private final List<String> units = new ArrayList<>(1);
    private double mass;

    Candidate(Example example, Vocabulary vocabulary) {
        this.example = example;
        this.vocabulary = vocabulary;
    }

    void addOrigin(Origin origin, String unit, double probability) {
        origins.add(origin);
        units.add(unit);
        mass += probability;
    }

    Example example() {
        return example;
    }

    List<Origin> origins() {
        return origins;
    }

    List<String> units() {
        return units;
    }

    /** Probability under the generating distribution. */
    double mass() {
        return mass;
    }

    /** The token strings as one; the same whatever ids they have. */
    String content() {
        return text(0, example.length());
    }

    /** The steps between members of the series, by content; from a first member on, so without special tokens. */
    List<String> steps(boolean scoredOnly) {
        List<String> steps = new ArrayList<>();
        for (int m = 1; m < example.members(); m++) {
            if ((!scoredOnly && !special(m) && !special(m - 1)) || example.scored(example.memberStart(m))) {
                steps.add(step(m));
            }
        }
        return steps;
    }

    /** The step into {@code member}. */
    String step(int member) {
        return text(example.memberStart(member - 1), example.memberEnd(member - 1)) + "\u001e"
                + text(example.memberStart(member), example.memberEnd(member));
    }

    private boolean special(int member) {
        return Vocabulary.SPECIAL.contains(vocabulary.token(example.token(example.memberStart(member))));
    }

    private String text(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> vocabulary.token(example.token(i)))
                .collect(Collectors.joining("\u001f"));
    }
}
