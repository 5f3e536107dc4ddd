package io.reprise.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.run.BehaviourCell;
import io.reprise.run.BehaviourResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class BehaviourReportTest {
    private static final List<String> COMMAND =
            List.of("reprise", "evaluate", "--model", "models/gpt2", "--template", "{x1}; {x2}");

    private static BehaviourCell cell(String model, String task, int given, String template, int asked, int right) {
        return new BehaviourCell(
                model,
                task,
                given,
                template,
                asked,
                3,
                right,
                0,
                1,
                right,
                0,
                1,
                0.5,
                0.25,
                1.5,
                0,
                0,
                0.1,
                0.1,
                1,
                1,
                1.0 / 50257,
                List.of(new BehaviourCell.Sample("1. <a>\n2.", " 3", right > 0 ? " 3" : " 4", 0.5)));
    }

    private static BehaviourResult result() {
        List<BehaviourCell> cells = new ArrayList<>();
        for (String model : List.of("gpt2", "neo & co")) {
            for (int given : new int[] {2, 5}) {
                for (String template : List.of("spaces", "list")) {
                    cells.add(cell(model, "plus-1", given, template, 100, 90));
                    cells.add(cell(model, "fibonacci", given, template, 0, 0));
                }
            }
            cells.add(cell(model, "sum", 2, "sum", 10, 1));
        }
        return new BehaviourResult(
                Map.of("limit", "100"),
                List.of(
                        new BehaviourResult.Model("gpt2", "models/gpt2", "GPT-2", "12 layers", 50257, "r50k_base"),
                        new BehaviourResult.Model("neo & co", "models/neo", "GPT-Neo", "24 layers", 50257, "bpe")),
                cells);
    }

    @Test
    void isSelfContainedWellFormedAndRepeatable() throws Exception {
        String page = BehaviourReport.html(result(), COMMAND);
        Document document = Markup.parse(page);
        assertThat(page)
                .doesNotContain("http:", "https:", " src=", "<script")
                .isEqualTo(BehaviourReport.html(result(), COMMAND))
                .contains("gpt2 gives the whole answer more often than not in 1 of 2 tasks")
                .contains("reprise evaluate --model models/gpt2 --template &#39;{x1}; {x2}&#39;");
        assertThat(Markup.elements(document, "figure")).hasSize(2 * 2 * 3);
        assertThat(Markup.elements(document, "h2"))
                .extracting(Element::getTextContent)
                .contains("gpt2 · spaces", "gpt2 · list", "neo & co · a template of its own");
    }

    @Test
    void whatWasNotAskedIsADashAndNeverZero() throws Exception {
        Document document = Markup.parse(BehaviourReport.html(result(), List.of()));
        assertThat(Markup.elements(document, "tr"))
                .extracting(Element::getTextContent)
                .anyMatch(row -> row.startsWith("fibonacci203 left out––"));
    }
}
