package io.reprise.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** The frame of every page: head with the style sheet inlined, and pieces that pages share. */
final class Page {
    private Page() {}

    static String of(String title, Consumer<Html> body) {
        Html html = new Html();
        html.raw("<!DOCTYPE html>\n").open("html", "lang", "en").open("head");
        html.empty("meta", "charset", "utf-8");
        html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.empty("meta", "name", "color-scheme", "content", "light");
        html.leaf("title", title);
        html.open("style").raw(styleSheet()).close();
        html.end().open("body").open("main").raw("\n");
        body.accept(html);
        html.end().close().end();
        return html.toString();
    }

    private static String styleSheet() {
        try (InputStream in = Page.class.getResourceAsStream("report.css")) {
            if (in == null) {
                throw new IllegalStateException("report.css is missing from this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A picture with its title above and its caption below. */
    static void figure(Html html, Picture picture) {
        boolean wide = picture.width() > Heatmap.WIDTH + 80;
        String id = "fig-" + picture.id();
        if (wide) {
            html.open("figure", "id", id, "class", "wide");
        } else {
            html.open("figure", "id", id);
        }
        html.leaf("h3", picture.title());
        html.raw(picture.inline());
        html.leaf("figcaption", picture.caption());
        html.end();
    }

    static void figures(Html html, List<Picture> pictures) {
        html.open("div", "class", "figures").raw("\n");
        pictures.forEach(picture -> figure(html, picture));
        html.end();
    }

    /** A part that opens on a click, without scripts. */
    static void details(Html html, String summary, Runnable content) {
        html.open("details").leaf("summary", summary);
        content.run();
        html.end();
    }

    /** A horizontal bar for a share, with its number beside it as text. */
    static void bar(Html html, double share, String style) {
        double width = Double.isFinite(share) ? 100 * Math.max(0, Math.min(1, share)) : 0;
        html.open("span", "class", "bar " + style, "aria-hidden", "true");
        html.leaf("span", "", "style", "width:" + Numbers.coordinate(width) + "%");
        html.close();
    }

    /** A table cell that names its column on narrow screens, where the head is hidden. */
    static void cell(Html html, String column, String text, String style) {
        html.leaf("td", text, "data-label", column, "class", style);
    }
}
