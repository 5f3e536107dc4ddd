package io.reprise.data;

import java.util.List;

/**
 * Members that are shown and the members that answer them, before they are written as a prompt.
 *
 * @param form how the answer follows
 * @param given members shown, in order
 * @param answer members expected
 * @param successor whether the answer is the member after the last one given, whatever came before
 * @param sameStep whether the answer is as far from the last member given as that one from the one before
 */
public record Question(Form form, List<Member> given, List<Member> answer, boolean successor, boolean sameStep) {
    /** How an answer follows from what is given. */
    public enum Form {
        /** The next member. */
        CONTINUE,
        /** The sum of the two. */
        SUM,
        /** All of them, sorted. */
        SORT
    }

    /**
     * A member of a series.
     *
     * @param text as one word
     * @param parts as the digits or words that it is written with
     */
    public record Member(String text, List<String> parts) {
        public Member {
            parts = List.copyOf(parts);
        }
    }

    public Question {
        given = List.copyOf(given);
        answer = List.copyOf(answer);
        if (given.isEmpty() || answer.isEmpty()) {
            throw new IllegalArgumentException("a question needs members that are given and members that answer");
        }
    }

    /** The form of a rule's questions. */
    public static Form form(Rule rule) {
        return rule instanceof Rule.Sum ? Form.SUM : rule instanceof Rule.Sort ? Form.SORT : Form.CONTINUE;
    }
}
