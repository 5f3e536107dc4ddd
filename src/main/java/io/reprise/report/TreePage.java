package io.reprise.report;

/** A tree as a page that folds and unfolds without scripts. */
public final class TreePage {
    private TreePage() {}

    /** @param eyebrow what kind of page this is */
    public static String html(TreeNode root, String eyebrow) {
        return Page.of(root.name() + " · Reprise", html -> {
            html.open("header").leaf("p", eyebrow, "class", "eyebrow").leaf("h1", root.name());
            html.leaf("p", root.value(), "class", "question");
            if (!root.note().isEmpty()) {
                html.leaf("p", root.note());
            }
            html.end();
            html.open("section", "class", "tree");
            root.parts().forEach(part -> node(html, part));
            html.end();
        });
    }

    private static void node(Html html, TreeNode node) {
        if (node.parts().isEmpty()) {
            html.open("div", "class", "leaf");
            line(html, node);
            html.end();
            return;
        }
        if (node.open()) {
            html.open("details", "open", "open");
        } else {
            html.open("details");
        }
        html.open("summary");
        line(html, node);
        html.close();
        node.parts().forEach(part -> node(html, part));
        html.end();
    }

    private static void line(Html html, TreeNode node) {
        html.open("span", "class", "what").name(node.name()).close();
        if (!node.value().isEmpty()) {
            html.text(" ").leaf("span", node.value(), "class", "value");
        }
        if (!node.note().isEmpty()) {
            html.text(" ").leaf("span", node.note(), "class", "aside");
        }
    }
}
