package io.reprise.run;

import io.reprise.analysis.relation.study.RelationResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The content of relations.json. */
public record RelationResults(List<RelationResult> relations) {
    public RelationResults {
        relations = List.copyOf(relations);
    }

    /**
     * Reads the file.
     *
     * @throws IOException naming the file, what is wrong and where
     */
    public static RelationResults read(Path file) throws IOException {
        return Json.read(file, RelationResults.class);
    }
}
