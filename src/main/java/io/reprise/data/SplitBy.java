package io.reprise.data;

/** What is never shared between two splits. */
public enum SplitBy {
    /** The whole sequence. */
    EXAMPLE,
    /**
     * (series, rule, start, and the second member where the rule has one). Of a sum the unit is the unordered pair of summands,
     * of sorting the multiset of the list, of a repeated block the block, of a fact its subject and relation.
     */
    UNIT,
    /** The step from a member to the next: training holds none of the steps that validation and test are scored at. */
    TRANSITION
}
