package io.reprise.data.pairs;

import io.reprise.data.Origin;

/** The kinds of sequences that prompts are cut from in different ways. */
enum Shape {
    CONTINUATION,
    SUM,
    SORT,
    REPEAT,
    FACT;

    static Shape of(Origin origin) {
        String rule = origin.rule();
        if (rule.equals("sum")) {
            return SUM;
        } else if (rule.startsWith("sort")) {
            return SORT;
        } else if (rule.startsWith("repeat")) {
            return REPEAT;
        } else if (rule.startsWith("triples")) {
            return FACT;
        }
        return CONTINUATION;
    }
}
