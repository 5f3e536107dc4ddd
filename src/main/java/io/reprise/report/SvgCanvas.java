package io.reprise.report;

import static io.reprise.report.Numbers.coordinate;

import java.util.Base64;
import java.util.Optional;

/** Draws as SVG text. Needs no fonts on the machine: the reader's browser sets the text. */
final class SvgCanvas implements Canvas {
    private final StringBuilder out = new StringBuilder();
    private boolean crisp;

    @Override
    public void rect(double x, double y, double width, double height, int rgb, Optional<String> tooltip) {
        crisp(true);
        out.append("<rect x=\"").append(coordinate(x)).append("\" y=\"").append(coordinate(y));
        out.append("\" width=\"")
                .append(coordinate(width))
                .append("\" height=\"")
                .append(coordinate(height));
        out.append("\" fill=\"").append(Palette.hex(rgb));
        if (tooltip.isPresent()) {
            out.append("\"><title>").append(Html.escape(tooltip.get())).append("</title></rect>");
        } else {
            out.append("\"/>");
        }
    }

    @Override
    public void line(double x1, double y1, double x2, double y2, int rgb, double width) {
        crisp(false);
        out.append("<line x1=\"").append(coordinate(x1)).append("\" y1=\"").append(coordinate(y1));
        out.append("\" x2=\"").append(coordinate(x2)).append("\" y2=\"").append(coordinate(y2));
        out.append("\" stroke=\"").append(Palette.hex(rgb));
        out.append("\" stroke-width=\"").append(coordinate(width)).append("\"/>");
    }

    @Override
    public void dot(double x, double y, double radius, int rgb, double opacity) {
        crisp(false);
        out.append("<circle cx=\"").append(coordinate(x)).append("\" cy=\"").append(coordinate(y));
        out.append("\" r=\"").append(coordinate(radius)).append("\" fill=\"").append(Palette.hex(rgb));
        out.append("\" fill-opacity=\"").append(coordinate(opacity)).append("\"/>");
    }

    @Override
    public void text(double x, double y, String text, Lettering type) {
        crisp(false);
        String cx = coordinate(x);
        String cy = coordinate(y);
        out.append("<text x=\"").append(cx).append("\" y=\"").append(cy);
        out.append("\" font-size=\"").append(coordinate(type.size()));
        if (type.anchor() != Anchor.START) {
            out.append("\" text-anchor=\"").append(type.anchor() == Anchor.END ? "end" : "middle");
        }
        if (type.upright()) {
            out.append("\" transform=\"rotate(-90 ")
                    .append(cx)
                    .append(' ')
                    .append(cy)
                    .append(')');
        }
        out.append("\" fill=\"").append(Palette.hex(type.rgb())).append("\">");
        out.append(Html.escape(text)).append("</text>");
    }

    @Override
    public void cells(double x, double y, double width, double height, int[][] levels, Palette palette) {
        crisp(false);
        byte[] png = Png.ofCells(levels, palette);
        out.append("<image x=\"").append(coordinate(x)).append("\" y=\"").append(coordinate(y));
        out.append("\" width=\"")
                .append(coordinate(width))
                .append("\" height=\"")
                .append(coordinate(height));
        out.append("\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\" href=\"data:image/png;base64,");
        out.append(Base64.getEncoder().encodeToString(png)).append("\"/>");
    }

    /** Neighbouring rectangles share a group without anti-aliasing, which would show as seams between cells. */
    private void crisp(boolean wanted) {
        if (crisp != wanted) {
            out.append(wanted ? "<g shape-rendering=\"crispEdges\">" : "</g>");
            crisp = wanted;
        }
    }

    /** What was drawn, without the enclosing svg element. */
    String content() {
        crisp(false);
        return out.toString();
    }
}
