package io.reprise.experiment;

import io.reprise.report.BehaviourReport;
import io.reprise.run.BehaviourCell;
import io.reprise.run.BehaviourResult;
import io.reprise.run.Json;
import io.reprise.weights.AtomicDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes how models answered: behaviour.json, behaviour.csv and report.html, all or none. */
public final class BehaviourFiles {
    private static final String RESULT = "behaviour.json";
    private static final String TABLE = "behaviour.csv";
    private static final String PAGE = "report.html";

    private static final List<String> COLUMNS = List.of(
            "model",
            "task",
            "given",
            "template",
            "asked",
            "left_out",
            "first_right",
            "first_accuracy",
            "first_low",
            "first_high",
            "whole_right",
            "whole_accuracy",
            "whole_low",
            "whole_high",
            "first_probability",
            "whole_probability",
            "answer_tokens",
            "copy_first",
            "copy_whole",
            "frequent_first",
            "frequent_whole",
            "successor_whole",
            "same_step_whole",
            "chance");

    private BehaviourFiles() {}

    /**
     * @param command the command line that repeats it
     * @return the page
     * @throws IllegalArgumentException if {@code directory} holds other files, which would be lost
     */
    public static Path write(Path directory, BehaviourResult result, List<String> command) throws IOException {
        AtomicDirectory.replace(directory, Set.of(RESULT, TABLE, PAGE), temporary -> {
            Files.writeString(temporary.resolve(RESULT), Json.write(result));
            Files.writeString(temporary.resolve(TABLE), csv(result.cells()));
            Files.writeString(temporary.resolve(PAGE), BehaviourReport.html(result, command));
        });
        return directory.resolve(PAGE);
    }

    /** RFC 4180, with line ends as everywhere else here. */
    static String csv(List<BehaviourCell> cells) {
        return Stream.concat(
                        Stream.of(String.join(",", COLUMNS)), cells.stream().map(BehaviourFiles::row))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static String row(BehaviourCell c) {
        return Stream.of(
                        c.model(),
                        c.task(),
                        c.given(),
                        c.template(),
                        c.asked(),
                        c.leftOut(),
                        c.firstRight(),
                        c.first(),
                        c.firstLow(),
                        c.firstHigh(),
                        c.wholeRight(),
                        c.whole(),
                        c.wholeLow(),
                        c.wholeHigh(),
                        c.firstProbability(),
                        c.wholeProbability(),
                        c.answerTokens(),
                        c.copyFirst(),
                        c.copyWhole(),
                        c.frequentFirst(),
                        c.frequentWhole(),
                        c.successorWhole(),
                        c.sameStepWhole(),
                        c.chance())
                .map(BehaviourFiles::field)
                .collect(Collectors.joining(","));
    }

    /** Numbers that aren't there are empty; text is quoted where it has to be. */
    private static String field(Object value) {
        if (value instanceof Double number && !Double.isFinite(number)) {
            return "";
        }
        String text = String.valueOf(value);
        return text.matches("(?s).*[,\"\n\r].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
    }
}
