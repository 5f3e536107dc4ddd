package io.reprise.analysis.probe;

import java.util.Arrays;

/** A token sequence with its class. Examples of one group are never told apart by a split. */
public final class LabelledExample {
    private final int[] tokens;
    private final String label;
    private final String group;
    private final String where;

    /**
     * @param tokens not empty; not copied
     * @param group what a split keeps together; the tokens themselves if empty
     * @param where for messages: line 3
     */
    public LabelledExample(int[] tokens, String label, String group, String where) {
        if (tokens.length == 0) {
            throw new IllegalArgumentException(where + ": the example has no tokens");
        }
        if (label.isBlank()) {
            throw new IllegalArgumentException(where + ": the label is empty");
        }
        this.tokens = tokens;
        this.label = label;
        this.group = group.isEmpty() ? Arrays.toString(tokens) : group;
        this.where = where;
    }

    /** Not copied. */
    public int[] tokens() {
        return tokens;
    }

    public String label() {
        return label;
    }

    public String group() {
        return group;
    }

    public String where() {
        return where;
    }
}
