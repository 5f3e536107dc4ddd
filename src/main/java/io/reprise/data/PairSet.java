package io.reprise.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * Clean and corrupt prompts of one task.
 *
 * @param name of the task
 * @param groups prompts of equal length and equal roles
 */
public record PairSet(String name, List<Group> groups) {
    /**
     * @param roles what stands at each position: {@code x1}, {@code x2}, …, {@code sep}; positions may share one
     * @param pairs each with as many tokens as there are roles
     */
    public record Group(List<String> roles, List<PromptPair> pairs) {
        public Group {
            roles = List.copyOf(roles);
            pairs = List.copyOf(pairs);
            if (pairs.isEmpty()) {
                throw new IllegalArgumentException("a group of prompts is empty");
            }
            for (PromptPair pair : pairs) {
                if (pair.clean().size() != roles.size()) {
                    throw new IllegalArgumentException("a prompt has "
                            + pair.clean().size() + " tokens where " + roles.size() + " roles are given: " + roles);
                }
            }
        }

        public int length() {
            return roles.size();
        }
    }

    public PairSet {
        groups = List.copyOf(groups);
        if (groups.isEmpty()) {
            throw new IllegalArgumentException("task " + name + " has no prompts");
        }
    }

    /** All pairs, group after group: the order of everything that is told per prompt. */
    public List<PromptPair> pairs() {
        return groups.stream().flatMap(group -> group.pairs().stream()).toList();
    }

    public int size() {
        return groups.stream().mapToInt(group -> group.pairs().size()).sum();
    }

    /** Every role, in the order of first appearance. */
    public List<String> roles() {
        return groups.stream()
                .flatMap(group -> group.roles().stream())
                .distinct()
                .toList();
    }

    /**
     * The same task with some of its prompts.
     *
     * @param indices in {@link #pairs()}; may repeat
     */
    public PairSet select(List<Integer> indices) {
        List<Group> chosen = new ArrayList<>();
        int first = 0;
        for (Group group : groups) {
            int from = first;
            List<PromptPair> pairs = indices.stream()
                    .filter(index ->
                            index >= from && index < from + group.pairs().size())
                    .map(index -> group.pairs().get(index - from))
                    .toList();
            if (!pairs.isEmpty()) {
                chosen.add(new Group(group.roles(), pairs));
            }
            first += group.pairs().size();
        }
        return new PairSet(name, chosen);
    }

    /** SHA-256 of the roles and prompts, whatever the name. */
    public String digest() {
        try {
            byte[] content = groups.toString().getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** @throws IllegalArgumentException if a clean prompt is in both, as discovery and evaluation must not share any */
    public void requireDisjoint(PairSet other) {
        Set<List<Integer>> mine = new HashSet<>();
        pairs().forEach(pair -> mine.add(pair.clean()));
        long shared = other.pairs().stream()
                .filter(pair -> mine.contains(pair.clean()))
                .count();
        if (shared > 0) {
            throw new IllegalArgumentException(shared + " of " + other.size() + " prompts of " + other.name()
                    + " are also among the " + size() + " of " + name
                    + "; a circuit must be judged on prompts that it was not found on. Give disjoint sets");
        }
    }
}
