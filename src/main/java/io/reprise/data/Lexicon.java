package io.reprise.data;

import io.reprise.tensor.Rng;
import io.reprise.text.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Turns drafts into tokens: the vocabulary of all components, and each series' (possibly permuted) positions as ids. */
final class Lexicon {
    /** More tokens than this are a mistake in the request. */
    static final int MAX_TOKENS = 100_000;

    private final TaskSpec task;
    private final Vocabulary vocabulary;
    private final Map<SourceKey, Map<Integer, int[]>> ids = new HashMap<>();

    private record SourceKey(String series, long permuted, boolean isPermuted) {
        static SourceKey of(Source source) {
            return new SourceKey(
                    source.series().name(),
                    source.spec().permuted().orElse(0L),
                    source.spec().permuted().isPresent());
        }
    }

    /**
     * @param pools each source with its drafts, where it is enumerated
     */
    Lexicon(TaskSpec task, List<Pool> pools) {
        this.task = task;
        Map<String, Series> series = new LinkedHashMap<>();
        Map<String, SortedSet<Integer>> used = new LinkedHashMap<>();
        for (Pool pool : pools) {
            series.put(pool.source().series().name(), pool.source().series());
            pool.addPositions(used.computeIfAbsent(pool.source().series().name(), k -> new TreeSet<>()));
        }
        this.vocabulary = vocabulary(series, used, pools);
        for (Pool pool : pools) {
            Source source = pool.source();
            String name = source.series().name();
            ids.computeIfAbsent(SourceKey.of(source), key -> tokenIds(source, used.get(name)));
        }
    }

    private Vocabulary vocabulary(Map<String, Series> series, Map<String, SortedSet<Integer>> used, List<Pool> pools) {
        boolean digits = task.tokenKind() == TokenKind.DIGIT;
        Set<String> members = new LinkedHashSet<>();
        series.forEach((name, each) -> {
            if (digits && each instanceof Series.Numerals) {
                "0123456789".chars().mapToObj(Character::toString).forEach(members::add);
            } else if (digits) {
                used.get(name).forEach(position -> members.addAll(each.parts(position)));
            } else {
                if (each instanceof Series.Numerals && task.vocabulary().isPresent()) {
                    requireRoom(used.get(name), task.vocabulary().get());
                    task.vocabulary().get().stream().forEach(v -> members.add(each.text(v)));
                }
                used.get(name).forEach(position -> members.add(each.text(position)));
            }
        });
        Set<String> clash = Vocabulary.reservedAmong(members);
        if (!clash.isEmpty()) {
            throw new IllegalArgumentException("task.tokens = " + clash
                    + " are both parts of a member and special tokens;" + " choose tokens: value or another series");
        }
        List<String> specials = new ArrayList<>();
        boolean sorts = pools.stream().anyMatch(p -> p.source() instanceof SortSource);
        boolean sums = pools.stream().anyMatch(p -> p.source() instanceof SumSource);
        addIf(specials, task.startToken() || sorts, Vocabulary.START);
        addIf(specials, sorts, Vocabulary.MID);
        addIf(specials, sums, Vocabulary.PLUS);
        addIf(specials, sums, Vocabulary.EQUALS);
        addIf(specials, task.tokenKind() != TokenKind.VALUE, Vocabulary.SEPARATOR);
        addIf(specials, task.endToken(), Vocabulary.END);
        return Vocabulary.of(members, specials);
    }

    private static void addIf(List<String> list, boolean condition, String token) {
        if (condition) {
            list.add(token);
        }
    }

    private static void requireRoom(Set<Integer> used, IntRange range) {
        if (range.size() > MAX_TOKENS) {
            throw new IllegalArgumentException(String.format(
                    "task.vocabulary = %s would have %,d tokens, more than %,d; narrow it",
                    range, range.size(), MAX_TOKENS));
        }
        List<Integer> missing = used.stream().filter(p -> !range.contains(p)).toList();
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("task.vocabulary = " + range + " is too small: this task reaches "
                    + missing.size() + " more numerals, from " + missing.get(0) + " to "
                    + missing.get(missing.size() - 1)
                    + "; widen it, or bound the task with values: " + range);
        }
    }

    private Map<Integer, int[]> tokenIds(Source source, SortedSet<Integer> used) {
        Series series = source.series();
        int[] positions = used.stream().mapToInt(Integer::intValue).toArray();
        int[] shown = positions.clone();
        source.spec().permuted().ifPresent(seed -> {
            // The members that the task uses, in another order: the same vocabulary as the ordered twin.
            int[] order = Rng.of(seed).split("permuted " + series.name()).permutation(positions.length);
            Arrays.setAll(shown, i -> positions[order[i]]);
        });
        Map<Integer, int[]> map = new HashMap<>();
        for (int i = 0; i < positions.length; i++) {
            map.put(positions[i], member(series, shown[i]));
        }
        return map;
    }

    private int[] member(Series series, int position) {
        return switch (task.tokenKind()) {
            case VALUE -> new int[] {vocabulary.id(series.text(position))};
            case SEPARATED -> vocabulary.encode(List.of(series.text(position), Vocabulary.SEPARATOR));
            case DIGIT -> {
                List<String> parts = new ArrayList<>(series.parts(position));
                parts.add(Vocabulary.SEPARATOR);
                yield vocabulary.encode(parts);
            }
        };
    }

    /** Without the padding token, which the builder appends where lengths differ. */
    Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The one token of each of {@code positions}; only with value tokens. */
    int[] singleTokens(Source source, IntRange positions) {
        Map<Integer, int[]> map = ids.get(SourceKey.of(source));
        return positions.stream().map(p -> map.get(p)[0]).toArray();
    }

    int special(String token) {
        return vocabulary.id(token);
    }

    /** {@code draft} in tokens, everything from its first scored member on marked as scored. */
    Example render(Source source, Draft draft) {
        Map<Integer, int[]> map = ids.get(SourceKey.of(source));
        List<int[]> members = new ArrayList<>();
        boolean opened = draft.cells()[0] == Draft.START;
        int shift = task.startToken() && !opened ? 1 : 0;
        if (shift == 1) {
            members.add(new int[] {special(Vocabulary.START)});
        }
        for (int cell : draft.cells()) {
            members.add(cell >= 0 ? map.get(cell) : new int[] {sign(cell)});
        }
        int scoredMembers = members.size();
        if (task.endToken()) {
            members.add(new int[] {special(Vocabulary.END)});
        }
        int[] starts = new int[members.size()];
        int length = 0;
        for (int m = 0; m < starts.length; m++) {
            starts[m] = length;
            length += members.get(m).length;
        }
        int[] tokens = new int[length];
        for (int m = 0; m < starts.length; m++) {
            System.arraycopy(members.get(m), 0, tokens, starts[m], members.get(m).length);
        }
        int scoredEnd = scoredMembers < starts.length ? starts[scoredMembers] : length;
        BitSet scored = new BitSet(length);
        scored.set(starts[draft.firstScored() + shift], scoredEnd);
        if (task.tokenKind() == TokenKind.SEPARATED) {
            for (int m = 0; m < scoredMembers; m++) {
                scored.clear(starts[m] + 1, starts[m] + members.get(m).length);
            }
        }
        return new Example(
                tokens,
                starts,
                starts[draft.answer() + shift],
                draft.oneAnswer(),
                scored,
                draft.origin(),
                draft.unit(),
                1.0);
    }

    private int sign(int cell) {
        return special(
                switch (cell) {
                    case Draft.START -> Vocabulary.START;
                    case Draft.MID -> Vocabulary.MID;
                    case Draft.PLUS -> Vocabulary.PLUS;
                    case Draft.EQUALS -> Vocabulary.EQUALS;
                    default -> throw new IllegalStateException("unknown sign " + cell);
                });
    }
}
