package io.reprise.config;

import java.util.List;

/** A config that can't be used, with everything that is wrong with it: the user's mistake, never ours. */
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    private ConfigException(String message, List<String> problems) {
        super(message);
        this.problems = List.copyOf(problems);
    }

    /** The file could be read as YAML, but says these wrong things. */
    public static ConfigException of(String source, List<String> problems) {
        var count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return new ConfigException(source + " has " + count + ":\n  " + String.join("\n  ", problems), problems);
    }

    /** The file as a whole can't be used; {@code problem} follows its name, as in "is empty". */
    static ConfigException file(String source, String problem) {
        return new ConfigException(source + " " + problem, List.of(problem));
    }

    /** One line per problem, without the file's name. */
    public List<String> problems() {
        return problems;
    }
}
