package io.reprise.report;

import java.util.List;

/**
 * Something with a name, what it is, and what it consists of.
 *
 * @param value empty if there is nothing to say
 * @param note said after the value, less important
 * @param open whether its parts are shown unasked
 */
public record TreeNode(String name, String value, String note, boolean open, List<TreeNode> parts) {
    public TreeNode {
        parts = List.copyOf(parts);
    }

    public static TreeNode leaf(String name, String value, String note) {
        return new TreeNode(name, value, note, false, List.of());
    }

    public static TreeNode open(String name, String value, String note, List<TreeNode> parts) {
        return new TreeNode(name, value, note, true, parts);
    }

    public static TreeNode folded(String name, String value, String note, List<TreeNode> parts) {
        return new TreeNode(name, value, note, false, parts);
    }

    /** Of all parts and their parts, those that have none themselves. */
    int leaves() {
        return parts.isEmpty() ? 1 : parts.stream().mapToInt(TreeNode::leaves).sum();
    }
}
