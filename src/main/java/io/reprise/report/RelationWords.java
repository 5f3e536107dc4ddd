package io.reprise.report;

import io.reprise.analysis.relation.Choice;
import io.reprise.analysis.relation.RelationResult;
import io.reprise.analysis.relation.RelationTrial;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What estimators, editors and choices are called on pages. */
final class RelationWords {
    private static final Map<String, String> NAMES = Map.of(
            "jacobian", "Jacobian, 1 sample",
            "jacobian_icl", "Jacobian, in context",
            "jacobian_icl_mean", "mean Jacobian",
            "beta_one", "β = 1",
            "learned_linear", "learned linear map",
            "embedding", "W from embedding",
            "oracle_h", "target's own h",
            "target_z", "target's z as h",
            "object_embedding", "object's vector as h",
            "operator_object_embedding", "W⁺ to object's vector");

    private static final Map<String, String> MEANINGS = Map.of(
            "identity", "h decoded as it is, without W and b: the logit lens",
            "translation", "z = h + b with the mean difference as b, without W",
            "learned_linear", "W and b fitted to the training subjects' h and z",
            "embedding", "the operator estimated at the token embedding",
            "beta_one", "the same operator with β = 1, and the layer that is best then",
            "corner", "a constant z at which all objects of the relation are likely",
            "oracle_h", "puts the target subject's own h in place: the most that an edit there can reach",
            "target_z", "puts the target's z in place of h",
            "object_embedding", "puts the object's unembedding row, as long as h, in place of h",
            "operator_object_embedding",
                    "the operator's edit towards the object's unembedding row instead of the target's z");

    private RelationWords() {}

    static String name(String key) {
        return NAMES.getOrDefault(key, Words.spaced(key));
    }

    /** The names that estimators and editors have on a page, explained. */
    static void meanings(Html html, Set<String> keys) {
        List<String> known = keys.stream().filter(MEANINGS::containsKey).toList();
        if (!known.isEmpty()) {
            html.open("dl", "class", "meanings");
            known.forEach(key -> html.leaf("dt", name(key)).leaf("dd", MEANINGS.get(key)));
            html.end();
        }
    }

    /** layer 5; the embedding. */
    static String layer(String end) {
        return switch (end) {
            case "embed" -> "the token embedding";
            case "embed+pos" -> "embedding and position";
            case "ln_final" -> "the final norm";
            default -> "layer " + end;
        };
    }

    /**
     * What the trials chose, the most frequent first.
     *
     * @return how often by value; empty if none has it
     */
    static Map<String, Integer> chosen(RelationResult result, Function<Choice, Optional<String>> what) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (RelationTrial trial : result.trials()) {
            what.apply(trial.choice()).ifPresent(value -> counts.merge(value, 1, Integer::sum));
        }
        List<Map.Entry<String, Integer>> entries = new ArrayList<>(counts.entrySet());
        entries.sort((a, b) -> Integer.compare(b.getValue(), a.getValue()));
        Map<String, Integer> sorted = new LinkedHashMap<>();
        entries.forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }

    /** 5 in 2 trials, 6 in 1; just 5 if all agree. */
    static String chosen(Map<String, Integer> counts) {
        if (counts.size() == 1) {
            return counts.keySet().iterator().next();
        }
        List<String> words = new ArrayList<>();
        counts.forEach((value, count) ->
                words.add(value + " in " + (words.isEmpty() ? Words.plural(count, "trial") : Integer.toString(count))));
        return String.join(", ", words);
    }

    /** The most frequent value, or a dash. */
    static String usual(Map<String, Integer> counts) {
        return counts.isEmpty() ? Numbers.DASH : counts.keySet().iterator().next();
    }

    /**
     * File names, and parts of ids, in the order of the relations: letters of the name that are safe everywhere, no two equal even
     * where case doesn't count, none {@code index}.
     */
    static List<String> keys(List<RelationResult> results) {
        Set<String> taken = new HashSet<>(Set.of("index"));
        List<String> keys = new ArrayList<>();
        for (RelationResult result : results) {
            String slug = Words.shorten(Words.slug(result.relation()), 80).replace("…", "");
            String inner = slug.replaceAll("^[^A-Za-z0-9]+|[^A-Za-z0-9]+$", "");
            String base = inner.isEmpty() ? "relation" : inner;
            String key = base;
            for (int i = 2; !taken.add(key.toLowerCase(Locale.ROOT)); i++) {
                key = base + "-" + i;
            }
            keys.add(key);
        }
        return keys;
    }
}
