package io.reprise.report;

import io.reprise.analysis.lens.Cell;
import io.reprise.analysis.lens.Statistic;
import io.reprise.analysis.lens.TokenScore;
import io.reprise.analysis.lens.Trajectory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Prompts through the lens, and how they are shown. One number decides a cell's shade: the statistic. Cells show the row's own
 * best token where the statistic is about the model's guess, else the number.
 */
public final class LensView {
    private final String model;
    private final String shape;
    private final String decoder;
    private final List<Prompt> prompts;
    private final Statistic statistic;
    private final boolean topDown;
    private final IntFunction<String> tokens;

    /**
     * A prompt and what came of it.
     *
     * @param name the user's, or its place in the file
     */
    public record Prompt(String name, Trajectory trajectory) {}

    /**
     * A row as it is shown.
     *
     * @param index of the trajectory's row
     */
    public record Line(int index, String name) {}

    /**
     * @param model its name
     * @param shape its family and shape in words
     * @param decoder in words
     * @param topDown whether the first row is on top; else the last
     * @param tokens token id → what people read
     */
    public LensView(
            String model,
            String shape,
            String decoder,
            List<Prompt> prompts,
            Statistic statistic,
            boolean topDown,
            IntFunction<String> tokens) {
        this.model = model;
        this.shape = shape;
        this.decoder = decoder;
        this.prompts = List.copyOf(prompts);
        this.statistic = statistic;
        this.topDown = topDown;
        this.tokens = tokens;
    }

    public String model() {
        return model;
    }

    public String shape() {
        return shape;
    }

    public String decoder() {
        return decoder;
    }

    public List<Prompt> prompts() {
        return prompts;
    }

    public Statistic statistic() {
        return statistic;
    }

    /** A token with its spaces and controls made visible. */
    public String token(int id) {
        return Words.token(tokens.apply(id));
    }

    /** A token as the tokenizer gives it. */
    String rawToken(int id) {
        return tokens.apply(id);
    }

    /** Rows from the top. */
    public List<Line> lines(Trajectory trajectory) {
        List<Line> lines = new ArrayList<>();
        for (int row = 0; row < trajectory.rows().size(); row++) {
            lines.add(new Line(row, trajectory.rows().get(row).name()));
        }
        if (!topDown) {
            Collections.reverse(lines);
        }
        return lines;
    }

    /** The text's next token, starred where the model's guess is that token; at the end of the text the guess itself. */
    public String head(Trajectory trajectory, int position) {
        return trajectory
                .next(position)
                .map(next -> (trajectory.isRight(position) ? "* " : "") + token(next))
                .orElseGet(() -> "(" + token(trajectory.guess(position)) + ")");
    }

    /** What a cell shows. */
    public String text(Cell cell) {
        return switch (statistic) {
            case LOGIT, PROBABILITY -> token(cell.top().get(0).token());
            case RANK -> Numbers.count(cell.guess().rank());
            case KL, ENTROPY -> String.format(java.util.Locale.ROOT, "%.1f", statistic.of(cell));
        };
    }

    /** Everything about a cell in a few lines. */
    String details(Trajectory trajectory, int row, int position) {
        Cell cell = trajectory.cell(row, position);
        String top = cell.top().stream()
                .map(score -> token(score.token()) + " " + Numbers.percent(score.probability()))
                .collect(Collectors.joining(" · "));
        String next = cell.next().map(score -> "\nnext " + about(score)).orElse("");
        return trajectory.rows().get(row).name() + " at " + position + " "
                + token(trajectory.tokens()[position]) + "\n"
                + top + "\nmodel's guess " + about(cell.guess()) + next + "\nKL " + Numbers.number(cell.kl())
                + " nats, entropy " + Numbers.number(cell.entropy()) + " nats";
    }

    private String about(TokenScore score) {
        return token(score.token()) + ": " + Numbers.percent(score.probability()) + ", logit "
                + Numbers.number(score.logit()) + ", rank " + Numbers.count(score.rank());
    }

    /** The number that a cell's shade shows: of ranks the logarithm. */
    double shown(Cell cell) {
        return statistic == Statistic.RANK ? Math.log10(statistic.of(cell)) : statistic.of(cell);
    }

    /** What {@link #shown} is, with its unit. */
    String unit() {
        return statistic == Statistic.RANK ? "log10 of the " + statistic.words() : statistic.words();
    }

    /** The colours of a trajectory's cells. */
    ColourScale scale(Trajectory trajectory) {
        DoubleSummaryStatistics range = new DoubleSummaryStatistics();
        for (int row = 0; row < trajectory.rows().size(); row++) {
            for (int position = trajectory.from(); position < trajectory.to(); position++) {
                range.accept(shown(trajectory.cell(row, position)));
            }
        }
        return ColourScale.of(range.getMin(), range.getMax(), unit());
    }

    /** Shade of every cell of a trajectory as 0xRRGGBB, [row][position - from], on the scale that its picture has. */
    public int[][] colours(Trajectory trajectory) {
        ColourScale scale = scale(trajectory);
        int[][] colours = new int[trajectory.rows().size()][trajectory.to() - trajectory.from()];
        for (int row = 0; row < colours.length; row++) {
            for (int i = 0; i < colours[row].length; i++) {
                colours[row][i] = scale.rgb(shown(trajectory.cell(row, trajectory.from() + i)));
            }
        }
        return colours;
    }

    /** Whether black letters are easier to read on a colour than white ones. */
    public static boolean takesBlack(int rgb) {
        return Palette.luminance(rgb) > 0.3;
    }
}
