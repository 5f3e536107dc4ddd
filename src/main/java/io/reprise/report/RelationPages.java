package io.reprise.report;

import io.reprise.analysis.relation.RelationResult;
import io.reprise.run.Json;
import io.reprise.run.RelationResults;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Results of relation operators as pages: all relations on index.html, and one page for each. */
public final class RelationPages {
    public static final String INDEX = "index.html";
    public static final String RESULTS = "relations.json";

    private RelationPages() {}

    /**
     * Writes index.html, a page for each relation, and relations.json into a folder, which is made if it isn't there.
     *
     * @return the files written, index.html first, then the relations' in their order
     * @throws IllegalArgumentException if there is no relation
     */
    public static List<Path> write(Path folder, List<RelationResult> relations, AtomicFile files) throws IOException {
        if (relations.isEmpty()) {
            throw new IllegalArgumentException("no relation to write pages of; evaluate at least one");
        }
        Files.createDirectories(folder);
        List<Path> written = new ArrayList<>();
        List<String> keys = RelationWords.keys(relations);
        List<String> pages = keys.stream().map(key -> key + ".html").toList();
        written.add(folder.resolve(INDEX));
        files.write(folder.resolve(INDEX), RelationComparison.html(relations, pages));
        for (int i = 0; i < relations.size(); i++) {
            Path page = folder.resolve(pages.get(i));
            files.write(page, OperatorPage.html(relations.get(i), keys.get(i), Optional.of(INDEX)));
            written.add(page);
        }
        files.write(folder.resolve(RESULTS), Json.write(new RelationResults(relations)));
        written.add(folder.resolve(RESULTS));
        return written;
    }

    /** Names for the relations' files, in their order: safe everywhere, no two equal even where case doesn't count. */
    public static List<String> keys(List<RelationResult> relations) {
        return RelationWords.keys(relations);
    }

    /** What was found about a relation, in a sentence or two. */
    public static String answer(RelationResult relation) {
        return RelationSection.answer(relation);
    }

    /** One relation as a page of its own. */
    public static String page(RelationResult relation) {
        return OperatorPage.html(relation, RelationWords.keys(List.of(relation)).get(0), Optional.empty());
    }
}
