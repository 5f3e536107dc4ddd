package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.report.TreeNode;
import io.reprise.report.TreeText;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class NameTreeTest {
    @Test
    void neighboursThatDifferInTheirNumberAreOne() {
        NameTree tree = new NameTree(false);
        for (int i = 0; i < 5; i++) {
            tree.add("h." + i + ".w", i == 3 ? "F16 [2]" : "F32 [2]", "net.h." + i);
            tree.add("h." + i + ".b", "F32 [1]", "");
        }
        tree.add("end", "F32 []", "");
        assertThat(lines(tree))
                .containsExactly(
                        "├─ h.0..2",
                        "│ ├─ w F32 [2] net.h.0..2",
                        "│ └─ b F32 [1]",
                        "├─ h.3",
                        "│ ├─ w F16 [2] net.h.3",
                        "│ └─ b F32 [1]",
                        "├─ h.4",
                        "│ ├─ w F32 [2] net.h.4",
                        "│ └─ b F32 [1]",
                        "└─ end F32 []");
    }

    @Test
    void eachIsShownWhereEachIsAskedFor() {
        NameTree tree = new NameTree(true);
        tree.add("h.0.w", "x", "");
        tree.add("h.1.w", "x", "");
        assertThat(lines(tree)).containsExactly("├─ h.0.w x", "└─ h.1.w x");
    }

    @Test
    void notesThatOnlySomeHaveSayWhich() {
        NameTree tree = new NameTree(false);
        tree.add("h.0", "x", "drop");
        tree.add("h.1", "x", "");
        tree.add("h.2", "x", "late");
        assertThat(lines(tree)).containsExactly("└─ h.0..2 x drop (only in 0), late (only in 2)");
    }

    @Test
    void numbersThatAreNoSequenceStayApart() {
        NameTree tree = new NameTree(false);
        tree.add("h.0.w", "x", "");
        tree.add("h.2.w", "x", "");
        tree.add("h.01.w", "x", "");
        tree.add("h.99999999999999999999.w", "x", "");
        assertThat(lines(tree))
                .containsExactly("└─ h", " ├─ 0.w x", " ├─ 2.w x", " ├─ 01.w x", " └─ 99999999999999999999.w x");
    }

    /** A file's names can be anything. */
    @Test
    void oddNamesAreShownWhole() {
        NameTree tree = new NameTree(false);
        tree.add("", "x", "");
        tree.add("a..b", "y", "");
        tree.add("a", "z", "");
        tree.add("q" + ".q".repeat(100_000), "w", "");
        tree.add("\u001b[31mred", "v", "");
        List<String> lines = lines(tree);
        assertThat(lines).contains("├─ a z", "│ └─ .b y").hasSize(5);
        assertThat(lines.get(4)).isEqualTo("└─ \\u001b[31mred v");
        assertThat(lines.get(3)).hasSize("├─ q w".length() + 200_000);
    }

    private static List<String> lines(NameTree tree) {
        List<String> lines = TreeText.lines(TreeNode.open("root", "", "", tree.nodes()), OptionalInt.empty());
        return lines.stream().skip(1).map(line -> line.replaceAll(" +", " ")).toList();
    }
}
