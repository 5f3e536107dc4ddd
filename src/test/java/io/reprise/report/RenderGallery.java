package io.reprise.report;

import io.reprise.run.Json;
import io.reprise.run.RelationResults;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes reports of made-up runs into a folder, to be looked at. Not a test: run its main method with the folder. */
final class RenderGallery {
    private RenderGallery() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path sorting = Files.createDirectories(folder.resolve("sorting"));
        RunReport.write(MadeUpRuns.sorting(sorting), sorting);
        Path quickstart = Files.createDirectories(folder.resolve("quickstart"));
        RunReport.write(MadeUpRuns.quickstart(quickstart), quickstart);
        Files.writeString(
                folder.resolve("compare.html"),
                ComparisonReport.html(MadeUpRuns.comparison(), ComparisonReport.Preface.NONE));
        AtomicFile files = new AtomicFile();
        RelationPages.write(folder.resolve("relations"), MadeUpRelations.fortySeven(), files);
        RelationPages.write(folder.resolve("relation"), List.of(MadeUpRelations.oneTrial()), files);
        files.write(
                quickstart.resolve("relations.json"),
                Json.write(
                        new RelationResults(List.of(MadeUpRelations.capitals(), MadeUpRelations.withoutCausality()))));
        RunReport.write(MadeUpRuns.quickstart(quickstart), quickstart);
        Files.writeString(folder.resolve("compare.txt"), ComparisonReport.text(MadeUpRuns.comparison()));
    }
}
