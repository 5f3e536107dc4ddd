package io.reprise.report;

import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes a lens as a page, pictures, a table or JSON, as a file's name asks. */
public final class LensFiles {
    private static final List<String> ENDINGS = List.of("html", "svg", "png", "csv", "json");

    private LensFiles() {}

    /** @throws IllegalArgumentException if the name's ending is none of html, svg, png, csv, json */
    public static String ending(Path file) {
        String name = String.valueOf(file.getFileName());
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (name.lastIndexOf('.') < 0 || !ENDINGS.contains(ending)) {
            throw new IllegalArgumentException(
                    "--out " + file + ": its ending says what is written; choose from ." + String.join(", .", ENDINGS));
        }
        return ending;
    }

    /**
     * Several prompts go into one page, table or JSON file, and into one picture each: {@code lens.svg} becomes {@code
     * lens-<name>.svg}.
     *
     * @return the files written
     */
    public static List<Path> write(LensView view, Path file, AtomicFile files) throws IOException {
        switch (ending(file)) {
            case "html" -> files.write(file, LensPage.html(view));
            case "csv" -> files.write(file, LensData.csv(view));
            case "json" -> files.write(file, LensData.json(view));
            default -> {
                return pictures(view, file, files);
            }
        }
        return List.of(file);
    }

    private static List<Path> pictures(LensView view, Path file, AtomicFile files) throws IOException {
        List<Path> written = new ArrayList<>();
        for (LensView.Prompt prompt : view.prompts()) {
            String name = view.prompts().size() == 1 ? "" : prompt.name();
            Picture picture = Heatmap.draw(LensFigure.of(
                    view,
                    prompt.trajectory(),
                    "lens",
                    "Logit lens · " + LensPage.lastPart(view.model()) + " · " + view.shape()
                            + (name.isEmpty() ? "" : " · " + name),
                    LensPage.legend(view)));
            Path place = name.isEmpty() ? file : beside(file, name);
            if (ending(file).equals("svg")) {
                files.write(place, picture.standalone());
            } else {
                files.write(place, picture.png());
            }
            written.add(place);
        }
        return written;
    }

    private static Path beside(Path file, String name) {
        String whole = file.getFileName().toString();
        int dot = whole.lastIndexOf('.');
        return file.resolveSibling(whole.substring(0, dot) + "-" + Words.slug(name) + whole.substring(dot));
    }
}
