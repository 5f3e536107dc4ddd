package io.reprise.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** How config problems name things. */
final class Words {
    private Words() {}

    /** {@code model} and {@code n_heads} to {@code model.n_heads}. */
    static String at(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** {@code nHeads} to {@code n_heads}; {@code OvQk} to {@code ov_qk}. */
    static String snake(String camel) {
        var snake = new StringBuilder();
        for (int i = 0; i < camel.length(); i++) {
            char c = camel.charAt(i);
            if (Character.isUpperCase(c) && snake.length() > 0) {
                snake.append('_');
            }
            snake.append(Character.toLowerCase(c));
        }
        return snake.toString();
    }

    /** A name as people write it ({@code ov-qk}, {@code Adam}) in the form names are kept in. */
    static String normal(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /** What was given, for "expected …, got …". */
    static String given(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "a mapping";
            case ARRAY -> "a list";
            case STRING -> "text \"" + node.asText() + "\"";
            case NUMBER -> "the number " + node.asText();
            case BOOLEAN -> node.asText();
            default -> "nothing";
        };
    }

    /** The candidate a mistyped word was probably meant to be. */
    static Optional<String> nearest(String word, Collection<String> candidates) {
        var given = normal(word);
        int most = Math.max(1, given.length() / 3);
        return candidates.stream()
                .filter(candidate -> distance(given, normal(candidate)) <= most)
                .min(Comparator.comparingInt((String candidate) -> distance(given, normal(candidate)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** " (did you mean x?)", or the choices if nothing is near. */
    static String didYouMean(String word, Collection<String> candidates) {
        return nearest(word, candidates)
                .map(name -> " (did you mean " + name + "?)")
                .orElse("; choose " + or(candidates));
    }

    /** "a, b or c". */
    static String or(Collection<String> words) {
        var all = String.join(", ", words);
        int last = all.lastIndexOf(", ");
        return last < 0 ? all : all.substring(0, last) + " or " + all.substring(last + 2);
    }

    /**
     * Edits that make b of a: insertions, deletions, substitutions and swaps of neighbours (optimal string alignment), so
     * that {@code stpes} is one step from {@code steps}.
     */
    static int distance(String a, String b) {
        var edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int best = Math.min(edits[i - 1][j - 1] + change, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, edits[i - 2][j - 2] + 1);
                }
                edits[i][j] = best;
            }
        }
        return edits[a.length()][b.length()];
    }
}
