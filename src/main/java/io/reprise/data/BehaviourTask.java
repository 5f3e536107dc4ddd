package io.reprise.data;

import java.util.Optional;

/**
 * What a model is asked to continue, whatever it was trained on: {@code {name: plus-two, rule: {add: 2}, start: 1..100}}. How many
 * members are given is chosen when it is asked.
 *
 * @param name as it is shown
 * @param series see {@link ComponentSpec}, as are {@code rule}, {@code values} and {@code start}
 */
public record BehaviourTask(
        String name, Optional<String> series, Rule rule, Optional<IntRange> values, Optional<IntRange> start) {
    public BehaviourTask {
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._+-]*")) {
            throw new IllegalArgumentException(
                    "name = \"" + name + "\" names a row: use letters, digits, dots, hyphens and underscores");
        }
        if (rule instanceof Rule.Triples) {
            throw new IllegalArgumentException("rule = triples draws facts at random, which no model knows that was not"
                    + " trained on them; choose a rule that can be continued");
        }
    }

    /** A whole series by {@code rule}. */
    static BehaviourTask of(String name, String series, Rule rule) {
        return new BehaviourTask(name, Optional.of(series), rule, Optional.empty(), Optional.empty());
    }

    BehaviourTask from(int first, int last) {
        return new BehaviourTask(name, series, rule, values, Optional.of(new IntRange(first, last)));
    }

    BehaviourTask within(int first, int last) {
        return new BehaviourTask(name, series, rule, Optional.of(new IntRange(first, last)), start);
    }

    /** For people: {@code numerals add 2}. */
    public String words() {
        return series.orElse(ComponentSpec.NUMERALS) + " " + rule.label();
    }

    /** How {@code given} members are read by this rule: a sum always shows its two summands, Fibonacci needs two. */
    public int members(int given) {
        if (rule instanceof Rule.Sum) {
            return 2;
        }
        return rule instanceof Rule.Fibonacci || rule instanceof Rule.Repeat ? Math.max(2, given) : given;
    }

    /** The task's sequences in which {@code given} members are followed by an answer. */
    ComponentSpec component(int given) {
        int length = rule.continues() ? given + 1 : given;
        Optional<IntRange> lengths =
                rule instanceof Rule.Sum ? Optional.empty() : Optional.of(IntRange.of(length, length));
        return new ComponentSpec(series, rule, values, start, lengths, Optional.empty(), Optional.empty());
    }
}
