package io.reprise.data;

/**
 * A sequence before it has tokens: one cell a member, a position of its series or one of the signs below zero.
 *
 * @see Source
 */
final class Draft {
    static final int START = -1;
    static final int MID = -2;
    static final int PLUS = -3;
    static final int EQUALS = -4;

    private final int[] cells;
    private final int firstScored;
    private final int answer;
    private final boolean oneAnswer;
    private final Origin origin;
    private final String unit;
    private final double mass;

    /**
     * @param firstScored cell from which on predictions count
     * @param answer cell that opens the answer
     * @param oneAnswer whether the answer is scored as one, or each member for itself
     * @param unit what a unit split tells apart
     * @param mass probability within the component
     */
    Draft(int[] cells, int firstScored, int answer, boolean oneAnswer, Origin origin, String unit, double mass) {
        this.cells = cells;
        this.firstScored = firstScored;
        this.answer = answer;
        this.oneAnswer = oneAnswer;
        this.origin = origin;
        this.unit = unit;
        this.mass = mass;
    }

    int[] cells() {
        return cells;
    }

    int firstScored() {
        return firstScored;
    }

    int answer() {
        return answer;
    }

    boolean oneAnswer() {
        return oneAnswer;
    }

    Origin origin() {
        return origin;
    }

    String unit() {
        return unit;
    }

    double mass() {
        return mass;
    }
}
