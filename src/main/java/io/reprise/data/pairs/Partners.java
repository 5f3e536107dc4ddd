package io.reprise.data.pairs;

import io.reprise.data.Dataset;
import io.reprise.data.PromptPair;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Finds corrupt prompts by one {@link CorruptRule}, among all sequences of the data set. */
final class Partners {
    private final Dataset data;
    private final CorruptRule how;
    private final Map<List<Object>, List<Cut>> byKey = new HashMap<>();
    private final Map<String, Set<List<Integer>>> members = new HashMap<>();

    /** A pair, with the roles of its positions. */
    record Paired(PromptPair pair, List<String> roles) {}

    Partners(Dataset data, CorruptRule how, List<Cut> all) {
        this.data = data;
        this.how = how;
        for (Cut cut : all) {
            byKey.computeIfAbsent(key(cut), k -> new ArrayList<>()).add(cut);
            if (how == CorruptRule.OTHER_FOLLOWER) {
                for (int i = 0; i < cut.example().members(); i++) {
                    addMember(cut, i);
                }
            }
        }
    }

    private void addMember(Cut cut, int member) {
        int from = cut.example().memberStart(member);
        if (cut.example().scored(from)) { // of the second block on: no delimiters
            members.computeIfAbsent(cut.series() + " " + cut.rule(), k -> new LinkedHashSet<>())
                    .add(cut.tokens(from, cut.example().memberEnd(member)));
        }
    }

    private List<Object> key(Cut cut) {
        List<String> roles = cut.promptRoles(0);
        return switch (how) {
            case SWAP_RULE -> List.of(cut.series(), roles, cut.keep());
            case OTHER_LIST -> List.of(cut.series(), cut.rule(), roles, cut.keep());
            // a fact's last member is its relation, so that the wrong answer is an object of the same kind
            case OTHER_EXAMPLE ->
                List.of(cut.series(), cut.rule(), roles, cut.shape() == Shape.FACT ? cut.keep() : List.of());
            case OTHER_FOLLOWER -> List.of(cut.series(), cut.rule());
        };
    }

    /**
     * A corrupt prompt for {@code clean}, from a random one of those there are onwards.
     *
     * @param allowed which corrupt prompts may be taken
     */
    Optional<Paired> find(Cut clean, Rng rng, Predicate<List<Integer>> allowed) {
        if (how == CorruptRule.OTHER_FOLLOWER) {
            return otherFollower(clean, rng, allowed);
        }
        List<Cut> near = byKey.getOrDefault(key(clean), List.of());
        int first = near.isEmpty() ? 0 : rng.nextInt(near.size());
        for (int i = 0; i < near.size(); i++) {
            Cut other = near.get((first + i) % near.size());
            boolean otherRule = how != CorruptRule.SWAP_RULE || !other.rule().equals(clean.rule());
            if (otherRule && clean.differsFrom(other)) {
                int common = clean.commonWith(other);
                if (clean.promptRoles(common).equals(other.promptRoles(common))
                        && determined(clean, common)
                        && determined(other, common)
                        && !clean.prompt(common).equals(other.prompt(common))
                        && allowed.test(other.prompt(0))) {
                    return Optional.of(new Paired(
                            new PromptPair(
                                    clean.prompt(common),
                                    other.prompt(common),
                                    clean.example().token(clean.position() + common),
                                    other.example().token(other.position() + common)),
                            clean.promptRoles(common)));
                }
            }
        }
        return Optional.empty();
    }

    private boolean determined(Cut cut, int more) {
        return data.determinacy().determined(cut.example(), cut.position() + more);
    }

    /** The answer's earlier occurrence becomes a member that the block doesn't have, written in as many tokens. */
    private Optional<Paired> otherFollower(Cut clean, Rng rng, Predicate<List<Integer>> allowed) {
        int member = clean.example().memberOf(clean.position());
        int block = clean.example().origin().length();
        int from = clean.example().memberStart(member - block);
        List<Integer> answer = clean.tokens(clean.position(), clean.end());
        Set<List<Integer>> shown = new HashSet<>();
        for (int m = 0; m < member; m++) {
            boolean twice = !shown.add(clean.tokens(
                            clean.example().memberStart(m), clean.example().memberEnd(m)))
                    && m < member - clean.given();
            if (twice) {
                return Optional.empty(); // with a token twice in the block, what follows it is not one thing
            }
        }
        List<List<Integer>> others = members.getOrDefault(clean.series() + " " + clean.rule(), Set.of()).stream()
                .filter(other -> other.size() == answer.size() && !shown.contains(other))
                .toList();
        int first = others.isEmpty() ? 0 : rng.nextInt(others.size());
        for (int i = 0; i < others.size(); i++) {
            List<Integer> other = others.get((first + i) % others.size());
            int common = 0;
            while (other.get(common).equals(answer.get(common))) {
                common++;
            }
            List<Integer> corrupt = new ArrayList<>(clean.prompt(common));
            for (int t = 0; t < other.size(); t++) {
                corrupt.set(from + t, other.get(t));
            }
            if (allowed.test(corrupt.subList(0, clean.position()))) {
                return Optional.of(new Paired(
                        new PromptPair(clean.prompt(common), corrupt, answer.get(common), other.get(common)),
                        clean.promptRoles(common)));
            }
        }
        return Optional.empty();
    }
}
