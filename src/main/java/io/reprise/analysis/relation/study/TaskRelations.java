package io.reprise.analysis.relation.study;

import io.reprise.data.ComponentSpec;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.Relation;
import io.reprise.data.Rule;
import io.reprise.data.Split;
import io.reprise.data.TaskSpec;
import io.reprise.data.TokenKind;
import io.reprise.text.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The relations that a toy's task holds, true by construction. Of {@code triples}: one per relation token, asked as "subject relation".
 * Of a rule whose members follow from each other: one per number of members shown; the subject's token is the last of them, and the
 * members before it are written with it.
 */
public final class TaskRelations {
    private static final Relation.Properties UNKNOWN = new Relation.Properties("toy", "", "", false);

    private TaskRelations() {}

    /**
     * All that the task can ask, whatever split it falls into.
     *
     * @param contexts numbers of members shown before the object, for rules whose members follow from each other
     * @throws IllegalArgumentException if a component has no subjects and objects, or no sequence is long enough
     */
    public static List<Relation> of(TaskSpec task, Dataset data, List<Integer> contexts) {
        if (task.tokenKind() != TokenKind.VALUE) {
            throw new IllegalArgumentException(
                    "relation needs a subject and an object of one token each, and task.tokens = "
                            + task.tokenKind().name().toLowerCase(java.util.Locale.ROOT)
                            + " writes more than one; write tokens: value");
        }
        Map<String, Set<Relation.Sample>> samples = new LinkedHashMap<>();
        Map<String, String> templates = new LinkedHashMap<>();
        String opening = task.startToken() ? Vocabulary.START + " " : "";
        for (ComponentSpec component : task.components()) {
            if (!(component.rule() instanceof Rule.Triples) && !component.rule().continues()) {
                throw new IllegalArgumentException("relation asks for the one object of a subject, and "
                        + component.rule().label()
                        + " has none; choose triples, or a rule whose members follow from each"
                        + " other");
            }
        }
        int skip = task.startToken() ? 1 : 0;
        for (Example example : all(data)) {
            List<String> words = data.vocabulary().decode(example.tokens());
            if (example.origin().rule().startsWith("triples")) {
                String relation = words.get(skip + 1);
                templates.putIfAbsent(relation, opening + "{} " + relation);
                add(samples, relation, words.get(skip), words.get(skip + 2));
                continue;
            }
            for (int shown : contexts) {
                int object = skip + shown;
                if (object < words.size() - (task.endToken() ? 1 : 0) && example.scored(object)) {
                    String name = example.origin().rule().replace(' ', '_') + "_after_" + shown;
                    templates.putIfAbsent(name, opening + "{}");
                    add(samples, name, String.join(" ", words.subList(skip, object)), words.get(object));
                }
            }
        }
        if (samples.isEmpty()) {
            throw new IllegalArgumentException(
                    "contexts = " + contexts + ": no sequence of the task shows so many members"
                            + " before another; shorten it, or lengthen task.length");
        }
        List<Relation> relations = new ArrayList<>();
        samples.forEach((name, own) -> relations.add(new Relation(
                name, List.of(templates.get(name)), List.of(templates.get(name)), UNKNOWN, List.copyOf(own))));
        return relations;
    }

    private static void add(Map<String, Set<Relation.Sample>> samples, String relation, String subject, String object) {
        samples.computeIfAbsent(relation, name -> new LinkedHashSet<>()).add(new Relation.Sample(subject, object));
    }

    /** In an order of their texts: which split an example is in makes no difference. */
    private static List<Example> all(Dataset data) {
        return Arrays.stream(Split.values())
                .flatMap(split -> data.examples(split).stream())
                .collect(Collectors.toMap(
                        example -> String.join(" ", data.vocabulary().decode(example.tokens())),
                        example -> example,
                        (one, same) -> one,
                        java.util.TreeMap::new))
                .values()
                .stream()
                .toList();
    }
}
