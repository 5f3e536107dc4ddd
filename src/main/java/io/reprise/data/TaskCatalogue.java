package io.reprise.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The tasks that models are asked about by name. */
public final class TaskCatalogue {
    private static final Rule FORWARD = new Rule.Successor(1, false);
    private static final Rule ROUND = new Rule.Successor(1, true);
    private static final Rule BACKWARD = new Rule.Predecessor(1, false);
    private static final String NUMERALS = ComponentSpec.NUMERALS;
    private static final String WORDS = "number_words";

    private static final List<BehaviourTask> TASKS = List.of(
            BehaviourTask.of("plus-1", NUMERALS, new Rule.Add(1)).from(1, 100),
            BehaviourTask.of("plus-2", NUMERALS, new Rule.Add(2)).from(1, 100),
            BehaviourTask.of("plus-3", NUMERALS, new Rule.Add(3)).from(1, 100),
            BehaviourTask.of("plus-5", NUMERALS, new Rule.Add(5)).from(1, 100),
            BehaviourTask.of("plus-10", NUMERALS, new Rule.Add(10)).from(1, 100),
            BehaviourTask.of("minus-1", NUMERALS, new Rule.Add(-1)).from(10, 100),
            BehaviourTask.of("minus-2", NUMERALS, new Rule.Add(-2)).from(20, 100),
            BehaviourTask.of("times-2", NUMERALS, new Rule.Multiply(2)).from(1, 25),
            BehaviourTask.of("times-3", NUMERALS, new Rule.Multiply(3)).from(1, 20),
            BehaviourTask.of("times-10", NUMERALS, new Rule.Multiply(10)).from(1, 20),
            BehaviourTask.of("fibonacci", NUMERALS, Rule.Fibonacci.defaults()).from(1, 10),
            BehaviourTask.of("sum", NUMERALS, Rule.Sum.defaults()).from(0, 50),
            BehaviourTask.of("repeat", NUMERALS, Rule.Repeat.defaults()).within(0, 99),
            BehaviourTask.of("sort", NUMERALS, Rule.Sort.defaults()).within(0, 99),
            BehaviourTask.of("number-words", WORDS, FORWARD).from(1, 99),
            BehaviourTask.of("number-words-back", WORDS, BACKWARD).from(10, 99),
            BehaviourTask.of("number-words-plus-2", WORDS, new Rule.Add(2)).from(1, 99),
            BehaviourTask.of("number-words-times-2", WORDS, new Rule.Multiply(2))
                    .from(1, 25),
            BehaviourTask.of("number-words-fibonacci", WORDS, Rule.Fibonacci.defaults())
                    .from(1, 10),
            BehaviourTask.of("spanish-number-words", "spanish_number_words", FORWARD)
                    .from(1, 99),
            BehaviourTask.of("ordinals", "ordinals", FORWARD),
            BehaviourTask.of("roman-numerals", "roman_numerals", FORWARD).from(1, 100),
            BehaviourTask.of("months", "months", ROUND),
            BehaviourTask.of("months-back", "months", new Rule.Predecessor(1, true)),
            BehaviourTask.of("months-plus-2", "months", new Rule.Successor(2, true)),
            BehaviourTask.of("weekdays", "weekdays", ROUND),
            BehaviourTask.of("weekdays-back", "weekdays", new Rule.Predecessor(1, true)),
            BehaviourTask.of("letters", "letters", FORWARD),
            BehaviourTask.of("letters-back", "letters", BACKWARD),
            BehaviourTask.of("letters-plus-2", "letters", new Rule.Add(2)),
            BehaviourTask.of("card-ranks", "card_ranks", FORWARD),
            BehaviourTask.of("military-ranks", "military_ranks", FORWARD));

    private TaskCatalogue() {}

    public static List<BehaviourTask> all() {
        return TASKS;
    }

    /** @throws IllegalArgumentException with the names that there are, the likeliest first */
    public static BehaviourTask find(String name) {
        Optional<BehaviourTask> found =
                TASKS.stream().filter(task -> task.name().equals(name)).findFirst();
        if (found.isPresent()) {
            return found.get();
        }
        List<String> names =
                new ArrayList<>(TASKS.stream().map(BehaviourTask::name).toList());
        names.sort(Comparator.comparing((String known) -> !known.contains(name) && !name.contains(known)));
        throw new IllegalArgumentException("task \"" + name + "\" is unknown; known: " + String.join(", ", names)
                + ", or all; for a task of your own, write its YAML file's path");
    }
}
