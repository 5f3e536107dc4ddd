package io.reprise.report;

import io.reprise.analysis.relation.RelationResult;
import io.reprise.analysis.relation.RelationTrial;
import java.util.List;
import java.util.Optional;

/** One relation as a self-contained page: the answer first, then curves, the operator's inside, subjects, trials. */
final class OperatorPage {
    private static final String NO_FONTS =
            "The curves are missing: this machine has no fonts that Java can use. Install fontconfig and a font (Debian:"
                    + " fontconfig fonts-dejavu-core) and write the page again; the numbers are in relations.json.";

    private OperatorPage() {}

    /** @param index address of the page of all relations, if there is one */
    static String html(RelationResult result, String key, Optional<String> index) {
        RelationSection.Pictures pictures = RelationSection.Pictures.of(result, key);
        return Page.of(Words.spaced(result.relation()) + " · relation operator · Reprise", html -> {
            head(html, result, index);
            if (pictures.answer().isPresent()) {
                html.open("section", "id", "answer").leaf("h2", "Beside its baselines");
                Page.figures(html, List.of(pictures.answer().get()));
                RelationSection.baselines(html, List.of(result));
                html.end();
            }
            if (!LineChart.available()) {
                html.leaf("p", NO_FONTS, "class", "warning");
            }
            if (!pictures.curves().isEmpty()) {
                html.open("section", "id", "curves").leaf("h2", "Layers, β and ranks");
                Page.figures(html, pictures.curves());
                html.end();
            }
            if (!result.trials().isEmpty()) {
                html.open("section", "id", "inside").leaf("h2", "What it reads and writes");
                RelationSection.made(html, result);
                html.end();
                subjects(html, result.trials());
            }
            html.open("section", "id", "trials").leaf("h2", "Trials");
            html.leaf(
                    "p",
                    "Each trial splits the subjects anew. Layer, β, edit layer and rank are chosen on its training subjects,"
                            + " each held out in turn; its test subjects are seen once, at the end.");
            OperatorTables.trials(html, result);
            html.end();
        });
    }

    private static void head(Html html, RelationResult result, Optional<String> index) {
        html.open("header");
        html.open("p", "class", "eyebrow");
        index.ifPresent(page -> html.leaf("a", "All relations", "href", page).text(" · "));
        html.text("Reprise relation operator · " + result.model()).close();
        html.leaf("h1", Words.spaced(result.relation()));
        html.leaf("p", RelationSection.answer(result), "class", "answer");
        html.open("div", "class", "tiles");
        tile(html, result, "Faithfulness", RelationResult.FAITHFULNESS, "known test subjects whose object it decodes");
        tile(html, result, "Causality", RelationResult.CAUSALITY, "edits after which the model says the wanted object");
        html.end();
        html.leaf("p", RelationSection.ran(result), "class", "key").end();
    }

    private static void tile(Html html, RelationResult result, String name, String measure, String what) {
        Optional<RelationScore> score = RelationScore.of(result, measure);
        if (score.isEmpty()) {
            return;
        }
        html.open("div", "class", "tile").leaf("b", score.get().percent());
        html.leaf("span", name, "class", "name");
        html.leaf("span", what + "; " + score.get().detail(result)).end();
    }

    private static void subjects(Html html, List<RelationTrial> trials) {
        html.open("section", "id", "subjects").leaf("h2", "Subject by subject");
        html.leaf(
                "p",
                "Failures first: ✗ marks a wrong token. Shaded rows are known subjects that the operator gets wrong; grey"
                        + " ones the model doesn't know itself, so they don't count.");
        html.leaf("p", RelationSection.subjectsTitle(trials.get(0)) + ".");
        OperatorTables.subjects(html, trials.get(0));
        for (RelationTrial trial : trials.subList(1, trials.size())) {
            Page.details(html, RelationSection.subjectsTitle(trial), () -> OperatorTables.subjects(html, trial));
        }
        html.end();
    }
}
