package io.reprise.report;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** A tree as lines for a terminal, its values and notes in columns. */
public final class TreeText {
    /** A longer name pushes its value to the right alone. */
    private static final int WIDEST_NAME = 44;

    private static final int WIDEST_VALUE = 40;

    private final List<Line> lines = new ArrayList<>();
    private final OptionalInt depth;

    private record Line(String name, String value, String note) {}

    private TreeText(OptionalInt depth) {
        this.depth = depth;
    }

    /**
     * @param depth how many levels below the root are shown; empty: those that are open
     */
    public static List<String> lines(TreeNode root, OptionalInt depth) {
        TreeText text = new TreeText(depth);
        text.parts(root, "", 1);
        List<String> lines = new ArrayList<>();
        lines.add(join(List.of(shown(root.name()), shown(root.value()), shown(root.note()))));
        int name =
                Math.min(WIDEST_NAME, widest(text.lines.stream().map(Line::name).toList()));
        int value = Math.min(
                WIDEST_VALUE, widest(text.lines.stream().map(Line::value).toList()));
        for (Line line : text.lines) {
            String padded = pad(line.name(), name) + "  " + pad(line.value(), value) + "  " + line.note();
            lines.add(padded.stripTrailing());
        }
        return lines;
    }

    private void parts(TreeNode node, String indent, int level) {
        for (int i = 0; i < node.parts().size(); i++) {
            TreeNode part = node.parts().get(i);
            boolean last = i == node.parts().size() - 1;
            boolean unfolded = depth.isPresent() ? level < depth.getAsInt() : part.open();
            String note = shown(part.note());
            if (!part.parts().isEmpty() && !unfolded) {
                note = (note.isEmpty() ? "" : note + "  ") + "[+" + part.leaves() + "]";
            }
            lines.add(new Line(indent + (last ? "└─ " : "├─ ") + shown(part.name()), shown(part.value()), note));
            if (unfolded) {
                parts(part, indent + (last ? "   " : "│  "), level + 1);
            }
        }
    }

    /** Names come from files, which may hold words for the terminal. */
    private static String shown(String text) {
        return text.codePoints().anyMatch(Character::isISOControl) ? Words.token(text) : text;
    }

    private static String join(List<String> words) {
        return String.join(" · ", words.stream().filter(word -> !word.isEmpty()).toList());
    }

    private static int widest(List<String> texts) {
        return texts.stream().mapToInt(TreeText::width).max().orElse(0);
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - width(text)));
    }
}
