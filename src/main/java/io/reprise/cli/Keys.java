package io.reprise.cli;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Choices by their names in YAML; a hyphen will do for an underscore. */
final class Keys {
    private Keys() {}

    /** @throws IllegalArgumentException naming the choices */
    static <E> E parse(String option, String given, E[] choices, Function<E, String> key) {
        List<E> all = Arrays.asList(choices);
        return all.stream()
                .filter(choice -> key.apply(choice).equals(given.replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(option + " \"" + given + "\" is unknown; choose "
                        + all.stream().map(key).collect(Collectors.joining(", "))));
    }
}
