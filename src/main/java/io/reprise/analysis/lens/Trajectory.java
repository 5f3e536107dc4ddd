package io.reprise.analysis.lens;

import java.util.List;
import java.util.Optional;

/**
 * One prompt through the lens: row × position → statistics. The last row is the model's own output. Positions are those of the
 * prompt, from {@link #from()} to before {@link #to()}.
 */
public final class Trajectory {
    private final List<Row> rows;
    private final int[] tokens;
    private final int from;
    private final Cell[][] cells;
    private final float[][][] logits;

    /**
     * A depth.
     *
     * @param name for people: {@code input}, {@code blocks.5.attn}, {@code blocks.5.resid}, {@code logits}
     * @param site canonical name
     * @param depth in blocks: 0 for the input, 2.5 after the attention of block 2, n_layers for the model's own output
     */
    public record Row(String name, String site, double depth) {}

    /**
     * @param cells [row][position - from]
     * @param logits the same with all logits; no rows if they were not kept
     */
    Trajectory(List<Row> rows, int[] tokens, int from, Cell[][] cells, float[][][] logits) {
        this.rows = List.copyOf(rows);
        this.tokens = tokens;
        this.from = from;
        this.cells = cells;
        this.logits = logits;
    }

    /** First to last. */
    public List<Row> rows() {
        return rows;
    }

    /** The whole prompt. */
    public int[] tokens() {
        return tokens.clone();
    }

    public int from() {
        return from;
    }

    /** Not included. */
    public int to() {
        return from + cells[0].length;
    }

    public Cell cell(int row, int position) {
        if (row < 0 || row >= rows.size() || position < from || position >= to()) {
            throw new IllegalArgumentException("cell " + row + ", " + position + " is outside rows 0.."
                    + (rows.size() - 1) + " and positions " + from + ".." + (to() - 1));
        }
        return cells[row][position - from];
    }

    public double value(Statistic statistic, int row, int position) {
        return statistic.of(cell(row, position));
    }

    /** The model's own most probable next token. */
    public int guess(int position) {
        return cell(rows.size() - 1, position).guess().token();
    }

    /** The token that comes next in the prompt; nothing at its end. */
    public Optional<Integer> next(int position) {
        return position + 1 < tokens.length ? Optional.of(tokens[position + 1]) : Optional.empty();
    }

    /** Whether the model's guess is the text's next token. */
    public boolean isRight(int position) {
        return next(position).filter(token -> token == guess(position)).isPresent();
    }

    /** All logits [d_vocab] of a cell, if they were asked for. Not copied. */
    public float[] logits(int row, int position) {
        if (logits.length == 0) {
            throw new IllegalArgumentException("the logits of this trajectory were not kept; ask for them");
        }
        cell(row, position);
        return logits[row][position - from];
    }
}
