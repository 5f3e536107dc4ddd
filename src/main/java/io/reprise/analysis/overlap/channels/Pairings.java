package io.reprise.analysis.overlap.channels;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Which models are compared with which, each seen in one way.
 *
 * @param pairs in question
 * @param nulls models that share nothing, by kind
 * @param ceilings seeds of one architecture; may be none
 */
public record Pairings<T>(List<Pair<T>> pairs, Map<String, List<Pair<T>>> nulls, List<Pair<T>> ceilings) {
    /** Two of them. */
    public record Pair<T>(T one, T other) {}

    public Pairings {
        pairs = List.copyOf(pairs);
        Map<String, List<Pair<T>>> kinds = new LinkedHashMap<>();
        nulls.forEach((kind, own) -> kinds.put(kind, List.copyOf(own)));
        kinds.values().removeIf(List::isEmpty);
        nulls = Collections.unmodifiableMap(kinds);
        ceilings = List.copyOf(ceilings);
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException("no two models to compare");
        }
        if (nulls.isEmpty()) {
            throw new IllegalArgumentException("no null was given; give random-weights twins");
        }
    }

    /** Every one of some with every one of others. */
    public static <T> List<Pair<T>> across(List<T> some, List<T> others) {
        List<Pair<T>> pairs = new ArrayList<>();
        some.forEach(one -> others.forEach(other -> pairs.add(new Pair<>(one, other))));
        return pairs;
    }

    /** Every two of them, once. */
    public static <T> List<Pair<T>> within(List<T> some) {
        List<Pair<T>> pairs = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            for (int j = 0; j < i; j++) {
                pairs.add(new Pair<>(some.get(i), some.get(j)));
            }
        }
        return pairs;
    }

    /** All that take part, each once. */
    Set<T> members() {
        Set<T> members = new LinkedHashSet<>();
        List<List<Pair<T>>> lists = new ArrayList<>(nulls.values());
        lists.add(pairs);
        lists.add(ceilings);
        lists.forEach(list -> list.forEach(pair -> {
            members.add(pair.one());
            members.add(pair.other());
        }));
        return members;
    }

    /** Something of every pair. */
    <R> Measured<R> map(BiFunction<T, T, R> measure) {
        Map<String, List<R>> kinds = new LinkedHashMap<>();
        nulls.forEach((kind, own) -> kinds.put(kind, each(own, measure)));
        return new Measured<>(each(pairs, measure), kinds, each(ceilings, measure));
    }

    private static <T, R> List<R> each(List<Pair<T>> pairs, BiFunction<T, T, R> measure) {
        return pairs.stream()
                .map(pair -> measure.apply(pair.one(), pair.other()))
                .toList();
    }

    /** What was measured of the pairs. */
    record Measured<R>(List<R> values, Map<String, List<R>> nulls, List<R> ceilings) {
        List<R> all() {
            List<R> all = new ArrayList<>(values);
            nulls.values().forEach(all::addAll);
            all.addAll(ceilings);
            return all;
        }

        <S> Measured<S> map(Function<R, S> function) {
            Map<String, List<S>> kinds = new LinkedHashMap<>();
            nulls.forEach(
                    (kind, own) -> kinds.put(kind, own.stream().map(function).toList()));
            return new Measured<>(
                    values.stream().map(function).toList(),
                    kinds,
                    ceilings.stream().map(function).toList());
        }
    }
}
