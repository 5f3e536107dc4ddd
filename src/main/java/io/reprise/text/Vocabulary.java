package io.reprise.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The tokens of a toy model: distinct strings in a fixed order, whose places are their ids. Its JSON form is the list {@link
 * #tokens()}. Members come first, special tokens last, so that numerals from 0 have themselves as ids.
 */
public final class Vocabulary {
    /** Fills sequences up to a batch's length; never a target. */
    public static final String PAD = "<pad>";

    public static final String START = "<start>";
    /** Between a list and the list sorted. */
    public static final String MID = "<mid>";

    public static final String END = "<end>";
    /** Closes each member when tokens are digits. */
    public static final String SEPARATOR = ",";

    public static final String PLUS = "+";
    public static final String EQUALS = "=";
    /** Strings that no series may have as a member. */
    public static final Set<String> SPECIAL = Set.of(PAD, START, MID, END, SEPARATOR, PLUS, EQUALS);

    private final List<String> tokens;
    private final Map<String, Integer> ids;
    private final int longestPhrase;

    private Vocabulary(List<String> tokens) {
        this.tokens = List.copyOf(tokens);
        this.ids = new HashMap<>();
        int longest = 1;
        for (int id = 0; id < tokens.size(); id++) {
            String token = tokens.get(id);
            if (token.isBlank()) {
                throw new IllegalArgumentException("token " + id + " is blank; every token needs a visible form");
            }
            Integer earlier = ids.put(token, id);
            if (earlier != null) {
                throw new IllegalArgumentException(
                        "token \"" + token + "\" stands twice, as " + earlier + " and as " + id);
            }
            longest = Math.max(longest, words(token).size());
        }
        this.longestPhrase = longest;
    }

    /** Tokens in the order of their ids; distinct and not blank. */
    public static Vocabulary of(List<String> tokens) {
        return new Vocabulary(tokens);
    }

    /** {@code members} without repetitions, in order, then {@code specials}. */
    public static Vocabulary of(Collection<String> members, Collection<String> specials) {
        Set<String> all = new LinkedHashSet<>(members);
        all.addAll(specials);
        return new Vocabulary(new ArrayList<>(all));
    }

    public int size() {
        return tokens.size();
    }

    public List<String> tokens() {
        return tokens;
    }

    public String token(int id) {
        if (id < 0 || id >= tokens.size()) {
            throw new IllegalArgumentException(
                    "token id " + id + " is out of range; this vocabulary has ids 0.." + (size() - 1));
        }
        return tokens.get(id);
    }

    public boolean contains(String token) {
        return ids.containsKey(token);
    }

    /** The id of {@code token}; an error with the nearest tokens if there is none. */
    public int id(String token) {
        Integer id = ids.get(token);
        if (id == null) {
            throw new IllegalArgumentException(unknown(List.of(token)));
        }
        return id;
    }

    public OptionalInt find(String token) {
        Integer id = ids.get(token);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Ids of {@code words}; one error names all unknown ones. */
    public int[] encode(List<String> words) {
        Set<String> missing = new LinkedHashSet<>();
        int[] encoded = new int[words.size()];
        for (int i = 0; i < encoded.length; i++) {
            Integer id = ids.get(words.get(i));
            if (id == null) {
                missing.add(words.get(i));
            } else {
                encoded[i] = id;
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(unknown(missing));
        }
        return encoded;
    }

    /** Ids of a text whose tokens are separated by blanks; of tokens that contain blanks the longest that fits is taken. */
    public int[] encode(String text) {
        List<String> words = words(text);
        List<String> found = new ArrayList<>();
        for (int from = 0; from < words.size(); ) {
            int to = Math.min(words.size(), from + longestPhrase);
            while (to > from + 1 && !ids.containsKey(String.join(" ", words.subList(from, to)))) {
                to--;
            }
            found.add(String.join(" ", words.subList(from, to)));
            from = to;
        }
        return encode(found);
    }

    public List<String> decode(int... encoded) {
        return IntStream.of(encoded).mapToObj(this::token).collect(Collectors.toList());
    }

    /** The known tokens that take fewest edits to reach from {@code token}, at most three. */
    public List<String> nearest(String token) {
        return tokens.stream()
                .filter(known -> edits(token, known) <= Math.max(1, token.length() / 2))
                .sorted(Comparator.comparingInt((String known) -> edits(token, known)))
                .limit(3)
                .collect(Collectors.toList());
    }

    private String unknown(Collection<String> missing) {
        StringBuilder text = new StringBuilder(missing.size() == 1 ? "unknown token " : "unknown tokens ");
        String separator = "";
        for (String token : missing) {
            text.append(separator).append('"').append(token).append('"');
            List<String> near = nearest(token);
            if (!near.isEmpty()) {
                text.append(" (nearest: ").append(String.join(", ", near)).append(')');
            }
            separator = ", ";
        }
        String some = String.join(" ", tokens.subList(0, Math.min(8, size())));
        return text.append("; this vocabulary has ")
                .append(size())
                .append(" tokens: ")
                .append(some)
                .append(size() > 8 ? " …" : "")
                .toString();
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.trim().split("\\s+"))
                .filter(w -> !w.isEmpty())
                .collect(Collectors.toList());
    }

    /** Levenshtein distance, letters compared without case. */
    private static int edits(String a, String b) {
        int[] previous = IntStream.rangeClosed(0, b.length()).toArray();
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                row[j] = Math.min(previous[j - 1] + (same ? 0 : 1), 1 + Math.min(previous[j], row[j - 1]));
            }
            previous = row;
        }
        return previous[b.length()];
    }

    /** Which of {@code members} are special tokens and so can't be members. */
    public static Set<String> reservedAmong(Collection<String> members) {
        Set<String> clash = new TreeSet<>(members);
        clash.retainAll(SPECIAL);
        return clash;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Vocabulary that && that.tokens.equals(tokens);
    }

    @Override
    public int hashCode() {
        return tokens.hashCode();
    }

    @Override
    public String toString() {
        return "Vocabulary" + tokens;
    }
}
