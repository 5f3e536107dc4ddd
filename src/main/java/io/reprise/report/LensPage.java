package io.reprise.report;

import io.reprise.analysis.lens.Cell;
import io.reprise.analysis.lens.Statistic;
import io.reprise.analysis.lens.Trajectory;

/** A lens as one self-contained page: tables folded to the page's width, every cell with its details as a tooltip. */
final class LensPage {
    private static final int COLUMNS = 12;

    private LensPage() {}

    static String html(LensView view) {
        return Page.of("Logit lens · " + lastPart(view.model()) + " · Reprise", html -> {
            html.open("header");
            html.leaf("p", "Reprise · logit lens", "class", "eyebrow");
            html.leaf("h1", lastPart(view.model()));
            html.leaf("p", view.shape() + " · " + view.model(), "class", "key");
            html.leaf("p", legend(view));
            html.end();
            for (LensView.Prompt prompt : view.prompts()) {
                prompt(html, view, prompt);
            }
        });
    }

    static String legend(LensView view) {
        boolean tokens = view.statistic() == Statistic.PROBABILITY || view.statistic() == Statistic.LOGIT;
        return "Each row decodes the residual stream at its depth with " + view.decoder()
                + ". Cells show " + (tokens ? "the row's most probable next token" : "a number")
                + "; their shade is the " + view.unit()
                + ". Above each column stands the token that comes next in the text, with * where the model's guess is that token; in"
                + " parentheses the model's guess where the text ends.";
    }

    /** The last names of a path: a run's seed says little without its experiment. */
    static String lastPart(String path) {
        String[] parts = path.split("[/\\\\]", -1);
        boolean run = parts.length > 2 && parts[parts.length - 1].startsWith("seed-");
        return run
                ? parts[parts.length - 3] + " · " + parts[parts.length - 1].replace('-', ' ')
                : parts[parts.length - 1];
    }

    private static void scale(Html html, ColourScale scale) {
        html.open("p", "class", "lens-scale").text(Numbers.number(scale.low()) + " ");
        for (int i = 0; i <= 10; i++) {
            html.leaf(
                    "span",
                    "",
                    "style",
                    "background:" + Palette.hex(scale.palette().at(i / 10.0)));
        }
        html.text(" " + Numbers.number(scale.high())).end();
    }

    private static void prompt(Html html, LensView view, LensView.Prompt prompt) {
        Trajectory trajectory = prompt.trajectory();
        html.open("section");
        if (view.prompts().size() > 1) {
            html.leaf("h2", prompt.name());
        }
        scale(html, view.scale(trajectory));
        int[][] colours = view.colours(trajectory);
        int columns = trajectory.to() - trajectory.from();
        int tables = (columns + COLUMNS - 1) / COLUMNS;
        int each = (columns + tables - 1) / tables;
        for (int from = trajectory.from(); from < trajectory.to(); from += each) {
            int to = Math.min(trajectory.to(), from + each);
            if (tables > 1) {
                html.leaf("p", "Positions " + from + " to " + (to - 1), "class", "key");
            }
            table(html, view, trajectory, colours, from, to);
        }
        html.end();
    }

    private static void table(Html html, LensView view, Trajectory trajectory, int[][] colours, int from, int to) {
        html.open("div", "class", "scroll")
                .open("table", "class", "lens")
                .open("thead")
                .open("tr");
        html.leaf("th", "next in the text", "scope", "row");
        for (int position = from; position < to; position++) {
            html.leaf(
                    "th",
                    Words.shorten(view.head(trajectory, position), 12),
                    "scope",
                    "col",
                    "class",
                    trajectory.isRight(position) ? "hit" : "",
                    "title",
                    view.head(trajectory, position));
        }
        html.close().close().open("tbody");
        for (LensView.Line line : view.lines(trajectory)) {
            html.open("tr").leaf("th", line.name(), "scope", "row");
            for (int position = from; position < to; position++) {
                Cell cell = trajectory.cell(line.index(), position);
                int rgb = colours[line.index()][position - trajectory.from()];
                html.leaf(
                        "td",
                        Words.shorten(view.text(cell), 12),
                        "style",
                        "background:" + Palette.hex(rgb) + ";color:" + (LensView.takesBlack(rgb) ? "#000" : "#fff"),
                        "title",
                        view.details(trajectory, line.index(), position));
            }
            html.end();
        }
        html.close().open("tfoot").open("tr").leaf("th", "read", "scope", "row");
        int[] tokens = trajectory.tokens();
        for (int position = from; position < to; position++) {
            html.leaf("td", Words.shorten(view.token(tokens[position]), 12), "title", view.token(tokens[position]));
        }
        html.close().close().close().end();
    }
}
