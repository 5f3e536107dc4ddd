package io.reprise.model.pretrained;

import java.io.IOException;
import java.util.List;

/** A model directory can't be read, or isn't what its config says. Names every problem that was found. */
public final class ModelFormatException extends IOException {
    private static final long serialVersionUID = 1;
    private static final int MOST_SHOWN = 12;

    /** @param file as the user would name it */
    public ModelFormatException(Object file, String problem) {
        super(file + ": " + problem);
    }

    static ModelFormatException of(Object file, List<String> problems) {
        if (problems.size() == 1) {
            return new ModelFormatException(file, problems.get(0));
        }
        StringBuilder text = new StringBuilder("has " + problems.size() + " problems:");
        problems.stream().limit(MOST_SHOWN).forEach(problem -> text.append("\n  ")
                .append(problem));
        if (problems.size() > MOST_SHOWN) {
            text.append("\n  and ").append(problems.size() - MOST_SHOWN).append(" more");
        }
        return new ModelFormatException(file, text.toString());
    }
}
