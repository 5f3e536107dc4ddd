package io.reprise.analysis.circuit.roles;

import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Sequence and member detection: attention to the members of a series on clean prompts, by the roles of the positions. */
public final class MemberScores implements HeadScorer {
    private final PairSet pairs;
    private final Set<String> members;

    /**
     * @param members roles of the positions where members of the series stand
     * @throws IllegalArgumentException if a group has fewer than two such positions
     */
    public MemberScores(PairSet pairs, Set<String> members) {
        this.pairs = pairs;
        this.members = Set.copyOf(members);
        for (PairSet.Group group : pairs.groups()) {
            if (positions(group).size() < 2) {
                throw new IllegalArgumentException("prompts of " + pairs.name() + " have roles " + group.roles()
                        + ", of which fewer than two are members "
                        + members.stream().sorted().toList()
                        + "; name the roles of the series' members");
            }
        }
    }

    /** Roles like x1, X2, s3: how the prompts of this project name members. */
    public static Set<String> memberRoles(PairSet pairs) {
        return pairs.roles().stream().filter(role -> role.matches("[xXsS]\\d+")).collect(Collectors.toSet());
    }

    @Override
    public Map<HeadRole, double[][]> score(Transformer model) {
        double[][] sequence =
                new double[model.config().nLayers()][model.config().nHeads()];
        double[][] member = new double[model.config().nLayers()][model.config().nHeads()];
        for (PairSet.Group group : pairs.groups()) {
            List<Integer> positions = positions(group);
            Patterns patterns = new Patterns(model, tokens(group));
            int last = group.length() - 1;
            double share = group.pairs().size() / (double) pairs.size();
            add(sequence, patterns.mean(List.of(last), (query, key) -> key < last && positions.contains(key)), share);
            List<Integer> later = new ArrayList<>(positions.subList(1, positions.size()));
            add(member, patterns.mean(later, (query, key) -> key < query && positions.contains(key)), share);
        }
        return Map.of(HeadRole.SEQUENCE_DETECTION, sequence, HeadRole.MEMBER_DETECTION, member);
    }

    private List<Integer> positions(PairSet.Group group) {
        return IntStream.range(0, group.length())
                .filter(i -> members.contains(group.roles().get(i)))
                .boxed()
                .toList();
    }

    private static Tokens tokens(PairSet.Group group) {
        int[] ids = group.pairs().stream()
                .map(PromptPair::clean)
                .flatMap(List::stream)
                .mapToInt(Integer::intValue)
                .toArray();
        return new Tokens(ids, group.pairs().size(), group.length());
    }

    private static void add(double[][] sums, double[][] values, double share) {
        for (int layer = 0; layer < sums.length; layer++) {
            for (int head = 0; head < sums[layer].length; head++) {
                sums[layer][head] += share * values[layer][head];
            }
        }
    }
}
