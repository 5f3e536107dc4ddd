package io.reprise.data;

import java.util.OptionalInt;

/**
 * Where a sequence comes from: what hold-out patterns match on, and what later work needs to make its corrupt twin.
 *
 * @param series series name
 * @param rule canonical rule label
 * @param start position of the first member, number of a fact's subject from 1; empty for sorting and repeating
 * @param second position of the second member or summand, number of a fact's relation from 1; empty where the rule has none
 * @param length members (sort: in the list, repeat: in the block, sum and fact: 3)
 */
public record Origin(String series, String rule, OptionalInt start, OptionalInt second, int length) {
    /** For example {@code numerals add 2}. */
    public String component() {
        return series + " " + rule;
    }
}
