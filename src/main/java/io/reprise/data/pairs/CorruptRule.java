package io.reprise.data.pairs;

import java.util.Locale;

/** How a corrupt prompt is made from a clean one. */
public enum CorruptRule {
    /** The last member stays and the rule is another of the same series: 10 12 14 → 16 against 12 13 14 → 15. */
    SWAP_RULE("the last member stays, the rule is another of the same series"),
    /** Another prompt of the same task, length and roles that has another answer; for facts, of the same relation. */
    OTHER_EXAMPLE("another prompt of the same task and length that has another answer"),
    /** Sorting: another list whose sorted part so far is the same and goes on otherwise. */
    OTHER_LIST("another list that is the same as far as it is sorted and goes on otherwise"),
    /** Repeated blocks: where the answer stands in the first block, another token stands. */
    OTHER_FOLLOWER("in the first block another token stands in the answer's place");

    private final String meaning;

    CorruptRule(String meaning) {
        this.meaning = meaning;
    }

    /** As in YAML. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** In words, for descriptions. */
    public String meaning() {
        return meaning;
    }
}
