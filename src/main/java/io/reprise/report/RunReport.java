package io.reprise.report;

import io.reprise.run.Figure;
import io.reprise.run.RunResult;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A run as one self-contained page, and its pictures as files. */
public final class RunReport {
    private static final String NO_FONTS =
            "The line charts are missing: this machine has no fonts that Java can use. Install"
                    + " fontconfig and a font (Debian: fontconfig fonts-dejavu-core) and render the report again; the numbers are in"
                    + " metrics.jsonl.";

    private RunReport() {}

    /**
     * The page.
     *
     * @param result content of results.json
     * @param runDirectory where metrics.jsonl, config.yaml and provenance.json are; those that are missing leave their part out
     * @throws UncheckedIOException naming the file, if one is damaged
     * @throws IllegalArgumentException if a figure's labels and values do not fit, or two figures share an id
     */
    public static String render(RunResult result, Path runDirectory) {
        ReportInput input = ReportInput.read(result, runDirectory);
        return page(input, Pictures.of(input));
    }

    /**
     * Writes report.html and, per picture, figures/&lt;id&gt;.svg and .png.
     *
     * @return the files written, report.html first
     * @throws UncheckedIOException if a file cannot be read or written
     */
    public static List<Path> write(RunResult result, Path runDirectory) {
        ReportInput input = ReportInput.read(result, runDirectory);
        Pictures pictures = Pictures.of(input);
        List<Path> written = new ArrayList<>();
        AtomicFile files = new AtomicFile();
        try {
            Path page = runDirectory.resolve("report.html");
            files.write(page, page(input, pictures));
            written.add(page);
            written.addAll(writeFigures(pictures.all(), runDirectory.resolve("figures"), files));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the report into " + runDirectory + ": " + e.getMessage(), e);
        }
        return written;
    }

    private static List<Path> writeFigures(List<Picture> pictures, Path folder, AtomicFile files) throws IOException {
        List<Path> written = new ArrayList<>();
        if (!pictures.isEmpty()) {
            Files.createDirectories(folder);
        }
        for (Picture picture : pictures) {
            Path svg = folder.resolve(picture.id() + ".svg");
            files.write(svg, picture.standalone());
            written.add(svg);
            // Titles and labels in a PNG need fonts on this machine; SVG is set by its reader.
            if (LineChart.available()) {
                Path png = folder.resolve(picture.id() + ".png");
                files.write(png, picture.png());
                written.add(png);
            }
        }
        return written;
    }

    private static String page(ReportInput input, Pictures pictures) {
        RunResult run = input.result();
        return Page.of(run.name() + " · seed " + run.seed() + " · Reprise", html -> {
            HeadSection.write(html, run);
            HeadSection.expectations(html, run.expectations());
            ProvenanceSection.ran(html, run, input.config());
            DataSection.write(html, run.data());
            if (!LineChart.available()) {
                html.leaf("p", NO_FONTS, "class", "warning");
            }
            section(html, "curves", "Training curves", "", pictures.curves());
            ScoreSection.write(html, run.scores(), pictures.positions());
            ProbeSection.write(html, input.probes(), pictures.probes());
            RelationSection.write(html, input.relations(), pictures.relations());
            CircuitSection.write(html, input.circuitResults(), pictures.circuits());
            ComparedSection.write(html, input.overlapResults(), pictures.compared());
            SampleSection.write(html, run.samples());
            section(
                    html,
                    "figures",
                    "Inside the model",
                    "Rows and columns are tokens or positions as the axes say; a blank cell has no value (masked).",
                    pictures.figures());
            ProvenanceSection.write(html, input);
        });
    }

    private static void section(Html html, String id, String title, String lead, List<Picture> pictures) {
        if (pictures.isEmpty()) {
            return;
        }
        html.open("section", "id", id).leaf("h2", title);
        if (!lead.isEmpty()) {
            html.leaf("p", lead);
        }
        Page.figures(html, pictures);
        html.end();
    }

    /** All pictures of a run, in the order of the page. */
    private record Pictures(
            List<Picture> curves,
            List<Picture> positions,
            List<Picture> probes,
            List<RelationSection.Pictures> relations,
            CircuitSection.Pictures circuits,
            ComparedSection.Pictures compared,
            List<Picture> figures) {
        static Pictures of(ReportInput input) {
            boolean charts = LineChart.available();
            List<Picture> figures = new ArrayList<>();
            for (Figure figure : input.result().figures()) {
                figures.add(Heatmap.draw(figure));
            }
            Pictures pictures = new Pictures(
                    charts ? Curves.of(input.metrics()) : List.of(),
                    charts ? Scores.positionCharts(input.result().scores()) : List.of(),
                    ProbeSection.pictures(input.probes()),
                    RelationSection.pictures(input.relations()),
                    CircuitSection.Pictures.of(
                            input.circuitResults(), input.circuitResults().isPresent() ? input.circuits() : List.of()),
                    ComparedSection.Pictures.of(input.overlapResults(), input.circuits()),
                    figures);
            Set<String> ids = new HashSet<>();
            for (Picture picture : pictures.all()) {
                if (!ids.add(picture.id())) {
                    throw new IllegalArgumentException(
                            "two figures have the id " + picture.id() + "; give each figure of a run its own");
                }
            }
            return pictures;
        }

        List<Picture> all() {
            List<Picture> all = new ArrayList<>(curves);
            all.addAll(positions);
            all.addAll(probes);
            relations.forEach(relation -> all.addAll(relation.all()));
            all.addAll(circuits.all());
            all.addAll(compared.all());
            all.addAll(figures);
            return all;
        }
    }
}
