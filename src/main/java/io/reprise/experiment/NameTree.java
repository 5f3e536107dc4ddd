package io.reprise.experiment;

import io.reprise.report.TreeNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Dotted names as a tree. Neighbours that differ only in their number (the blocks of a model) are shown once, as {@code
 * blocks.0..11}, unless each is asked for.
 */
final class NameTree {
    /** A name with more dots than any module's keeps the rest of them: names are a file's. */
    private static final int MOST_PARTS = 12;

    private final boolean each;
    private final Branch root = new Branch();

    private static final class Branch {
        private final Map<String, Branch> parts = new LinkedHashMap<>();
        private String value = "";
        private String note = "";
    }

    /** @param each whether equal neighbours are shown each by itself */
    NameTree(boolean each) {
        this.each = each;
    }

    void add(String name, String value, String note) {
        Branch at = root;
        for (String part : name.split("\\.", MOST_PARTS)) {
            at = at.parts.computeIfAbsent(part, p -> new Branch());
        }
        at.value = value;
        at.note = note;
    }

    List<TreeNode> nodes() {
        return nodes(root, "");
    }

    private List<TreeNode> nodes(Branch branch, String prefix) {
        List<TreeNode> nodes = new ArrayList<>();
        List<String> names = List.copyOf(branch.parts.keySet());
        for (int i = 0; i < names.size(); ) {
            Branch first = branch.parts.get(names.get(i));
            int end = i + 1;
            while (!each && end < names.size() && follows(names.get(end - 1), names.get(end))) {
                if (!same(first, branch.parts.get(names.get(end)))) {
                    break;
                }
                end++;
            }
            if (end - i > 1) {
                String range = names.get(i) + ".." + names.get(end - 1);
                List<String> numbers = names.subList(i, end);
                Branch merged = merge(numbers.stream().map(branch.parts::get).toList(), numbers, range);
                nodes.addAll(node(prefix + range, merged));
            } else {
                nodes.addAll(node(prefix + names.get(i), first));
            }
            i = end;
        }
        return nodes;
    }

    /** A branch that is only a step to its one part, or to numbered ones, is not shown by itself. */
    private List<TreeNode> node(String name, Branch branch) {
        if (branch.parts.isEmpty()) {
            return List.of(TreeNode.leaf(name, branch.value, branch.note));
        }
        boolean step = branch.value.isEmpty()
                && (branch.parts.size() == 1 || branch.parts.keySet().stream().allMatch(NameTree::isNumber));
        if (step) {
            return nodes(branch, name + ".");
        }
        return List.of(TreeNode.open(name, branch.value, branch.note, nodes(branch, "")));
    }

    private static boolean isNumber(String name) {
        return name.matches("0|[1-9][0-9]{0,5}");
    }

    private static boolean follows(String before, String after) {
        return isNumber(before) && isNumber(after) && Integer.parseInt(after) == Integer.parseInt(before) + 1;
    }

    /** Names and values, not notes. */
    private static boolean same(Branch a, Branch b) {
        if (!a.value.equals(b.value) || !List.copyOf(a.parts.keySet()).equals(List.copyOf(b.parts.keySet()))) {
            return false;
        }
        return a.parts.keySet().stream().allMatch(name -> same(a.parts.get(name), b.parts.get(name)));
    }

    private static Branch merge(List<Branch> branches, List<String> numbers, String range) {
        Branch merged = new Branch();
        merged.value = branches.get(0).value;
        merged.note = note(branches, numbers, range);
        for (String name : branches.get(0).parts.keySet()) {
            List<Branch> parts =
                    branches.stream().map(branch -> branch.parts.get(name)).toList();
            merged.parts.put(name, merge(parts, numbers, range));
        }
        return merged;
    }

    /** The note of all, with the range in place of each one's number; or those of the ones that differ. */
    private static String note(List<Branch> branches, List<String> numbers, String range) {
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < branches.size(); i++) {
            String number = numbers.get(i);
            notes.add(Arrays.stream(branches.get(i).note.split("\\.", -1))
                    .map(part -> part.equals(number) ? range : part)
                    .collect(Collectors.joining(".")));
        }
        Set<String> different = Set.copyOf(notes);
        if (different.size() == 1) {
            return notes.get(0);
        }
        List<String> said = new ArrayList<>();
        for (int i = 0; i < notes.size(); i++) {
            if (!notes.get(i).isEmpty()) {
                said.add(notes.get(i) + " (only in " + numbers.get(i) + ")");
            }
        }
        return said.size() > 3 ? said.get(0) + ", …" : String.join(", ", said);
    }
}
