package io.reprise.analysis.overlap.verdict;

import java.util.Locale;

/**
 * An answer to one question about two circuits, with its rule and its reason.
 *
 * @param question which
 * @param outcome what the rule says
 * @param rule that was applied
 * @param because the numbers that it was applied to
 */
public record Verdict(Question question, Outcome outcome, String rule, String because) {
    /** What is asked. They are independent: circuits of different parts can do the same, and the same parts can do another thing. */
    public enum Question {
        /** Are the two made of the same parts? */
        STRUCTURAL,
        /** Does each do the other's task? */
        FUNCTIONAL,
        /** Does a part of the one, put in the place of its match in the other, do what that does? */
        CAUSAL;

        /** As in JSON. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is answered. */
    public enum Outcome {
        /** The rule is met. */
        SHOWN,
        /** It is not. That is no proof of the contrary. */
        NOT_SHOWN,
        /** The part does what its match does, and writing the answer's logits at once explains it. */
        SAME_OUTPUT,
        /** The numbers that the rule asks for do not exist. */
        NOT_IDENTIFIABLE
    }

    /** A sentence. */
    public String words() {
        String subject =
                switch (question) {
                    case STRUCTURAL -> "Structure: ";
                    case FUNCTIONAL -> "Function: ";
                    case CAUSAL -> "Mechanism: ";
                };
        String answer =
                switch (outcome) {
                    case SHOWN ->
                        switch (question) {
                            case STRUCTURAL -> "parts are shared beyond chance";
                            case FUNCTIONAL -> "each does the other's task";
                            case CAUSAL -> "parts of the one do in the other what their matches do";
                        };
                    case NOT_SHOWN ->
                        switch (question) {
                            case STRUCTURAL -> "no sharing of parts beyond chance is shown";
                            case FUNCTIONAL -> "that each does the other's task is not shown";
                            case CAUSAL -> "that parts of the one do in the other what their matches do is not shown";
                        };
                    case SAME_OUTPUT -> "the same output, which says nothing of a shared mechanism";
                    case NOT_IDENTIFIABLE -> "not identifiable";
                };
        return subject + answer + " (" + because + ").";
    }
}
