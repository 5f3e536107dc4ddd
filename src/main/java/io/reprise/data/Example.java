package io.reprise.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * One token sequence with what is needed to score it. Its tokens fall into <em>members</em> (a number of several digits is
 * one member), and a <em>step</em> leads from one member to the next. A sequence simply ends: after its last token there is no
 * target. Arrays handed out are copies.
 */
public final class Example {
    private final int[] tokens;
    private final int[] memberStarts;
    private final int answerStart;
    private final boolean oneAnswer;
    private final BitSet scored;
    private final Origin origin;
    private final String unit;
    private final double weight;

    /** Token positions {@code from} (included) to {@code to} (excluded). */
    public record Span(int from, int to) {
        public int length() {
            return to - from;
        }
    }

    Example(
            int[] tokens,
            int[] memberStarts,
            int answerStart,
            boolean oneAnswer,
            BitSet scored,
            Origin origin,
            String unit,
            double weight) {
        this.tokens = tokens;
        this.memberStarts = memberStarts;
        this.answerStart = answerStart;
        this.oneAnswer = oneAnswer;
        this.scored = scored;
        this.origin = origin;
        this.unit = unit;
        this.weight = weight;
    }

    /** A sequence without origin whose tokens are its members, all but the first scored: for tests and prompts. */
    public static Example ofTokens(int... tokens) {
        int[] starts = new int[tokens.length];
        Arrays.setAll(starts, i -> i);
        BitSet scored = new BitSet();
        scored.set(Math.min(1, tokens.length), tokens.length);
        Origin origin = new Origin(
                "given", "given", java.util.OptionalInt.empty(), java.util.OptionalInt.empty(), tokens.length);
        return new Example(tokens.clone(), starts, Math.max(0, tokens.length - 1), false, scored, origin, "given", 1.0);
    }

    public int length() {
        return tokens.length;
    }

    public int token(int position) {
        return tokens[position];
    }

    /** [position] */
    public int[] tokens() {
        return tokens.clone();
    }

    /** Copies all tokens to {@code target} from {@code offset} on. */
    public void copyTo(int[] target, int offset) {
        System.arraycopy(tokens, 0, target, offset, tokens.length);
    }

    /**
     * Position of the answer's first token: of a continuation its last member, of a sum the result, of sorting the sorted
     * list, of a repeated block its second saying, of a fact its object. The answer goes to the end (an {@code <end>} excluded from scoring).
     */
    public int answerStart() {
        return answerStart;
    }

    /**
     * Whether the token at {@code position} counts as a target of accuracy (if it is also determined): members after the
     * first, of a transition split only those reached by a held-out step.
     */
    public boolean scored(int position) {
        return scored.get(position);
    }

    /** How many positions are scored. */
    public int scoredCount() {
        return scored.cardinality();
    }

    /**
     * What is scored as a whole: of a continuation each scored member, otherwise the one answer. Spans of one token are
     * among them.
     */
    public List<Span> answers() {
        List<Span> spans = new ArrayList<>();
        if (oneAnswer) {
            int to = scored.length();
            if (to > answerStart && scored.nextClearBit(answerStart) >= to) {
                spans.add(new Span(answerStart, to));
            }
            return spans;
        }
        for (int m = 0; m < memberStarts.length; m++) {
            if (scored.get(memberStarts[m])) {
                spans.add(new Span(memberStarts[m], memberEnd(m)));
            }
        }
        return spans;
    }

    public int members() {
        return memberStarts.length;
    }

    public int memberStart(int member) {
        return memberStarts[member];
    }

    /** First position after {@code member}. */
    public int memberEnd(int member) {
        return member + 1 < memberStarts.length ? memberStarts[member + 1] : tokens.length;
    }

    /** The member that {@code position} belongs to. */
    public int memberOf(int position) {
        int at = Arrays.binarySearch(memberStarts, position);
        return at >= 0 ? at : -at - 2;
    }

    public Origin origin() {
        return origin;
    }

    /** What a unit split tells apart, for example {@code numerals · add 2 · 10}. */
    public String unit() {
        return unit;
    }

    /** For example {@code numerals add 2}. */
    public String component() {
        return origin.component();
    }

    /** How often it is drawn relative to the others of its split, by the mixture's weights; 1 on average. */
    public double weight() {
        return weight;
    }

    Example with(BitSet newScored, double newWeight) {
        return new Example(tokens, memberStarts, answerStart, oneAnswer, newScored, origin, unit, newWeight);
    }

    /** The token array itself, for this package's loops only. */
    int[] raw() {
        return tokens;
    }

    @Override
    public String toString() {
        return unit + " " + Arrays.toString(tokens);
    }
}
