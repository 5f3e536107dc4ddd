package io.reprise.experiment;

import io.reprise.analysis.circuit.roles.HeadScorer;
import io.reprise.analysis.circuit.roles.HeadScores;
import io.reprise.analysis.circuit.roles.MemberScores;
import io.reprise.analysis.circuit.roles.RepeatedBlocks;
import io.reprise.analysis.circuit.roles.RepeatedTokenScores;
import io.reprise.analysis.circuit.roles.RoleRule;
import io.reprise.analysis.circuit.roles.ScoreHeads;
import io.reprise.analysis.circuit.roles.SeriesScores;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.PairSet;
import io.reprise.data.Split;
import io.reprise.data.pairs.SequenceTemplates;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.text.Tokenizer;
import io.reprise.text.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Scores a model's heads for all roles that its task and vocabulary allow, against models with random weights. */
final class FindRoles {
    /** Of a block of random tokens, and how many sequences of two. */
    private static final int LONGEST_BLOCK = 20;

    private static final int SEQUENCES = 16;
    /** As published, where there are many more candidates than that. */
    private static final int TOP_K = 5;

    private final OpenTask opened;
    private final PairSet prompts;
    private final Rng rng;

    FindRoles(OpenTask opened, PairSet prompts, Rng rng) {
        this.opened = opened;
        this.prompts = prompts;
        this.rng = rng;
    }

    /** @param twins models with random weights */
    HeadScores of(CircuitPrompts asked, int twins) {
        Transformer model = opened.model();
        List<HeadScorer> scorers = new ArrayList<>();
        List<Integer> tokens = tokens(model);
        int block =
                Math.min(LONGEST_BLOCK, Math.min(tokens.size(), model.config().nCtx() / 2));
        if (block >= 2) {
            scorers.add(new RepeatedTokenScores(
                    new RepeatedBlocks(tokens, block, SEQUENCES), rng.split("repeated tokens")));
        }
        Set<String> members = MemberScores.memberRoles(prompts);
        if (prompts.groups().stream()
                .allMatch(group ->
                        group.roles().stream().filter(members::contains).count() >= 2)) {
            scorers.add(new MemberScores(prompts, members));
        }
        List<List<Integer>> series = opened.data()
                .map(FindRoles::series)
                .orElseGet(() -> asked instanceof CircuitPrompts.OfTemplate
                        ? series(opened.tokenizer().orElseThrow())
                        : List.of());
        List<Integer> candidates = SeriesScores.tokens(series);
        if (candidates.size() > 2) {
            scorers.add(new SeriesScores(series, candidates, Math.max(1, Math.min(TOP_K, candidates.size() / 8))));
        }
        return new ScoreHeads(scorers, rule(twins), opened.initStd(), rng.split("twins")).run(model);
    }

    static RoleRule rule(int twins) {
        RoleRule usual = RoleRule.defaults();
        return new RoleRule(twins, usual.level(), usual.least());
    }

    private List<Integer> tokens(Transformer model) {
        return opened.data()
                .map(data -> IntStream.range(0, data.vocabulary().size())
                        .filter(id ->
                                !Vocabulary.SPECIAL.contains(data.vocabulary().token(id)))
                        .boxed()
                        .toList())
                .orElseGet(() -> IntStream.range(
                                0,
                                opened.tokenizer()
                                        .map(Tokenizer::size)
                                        .orElse(model.config().dVocab()))
                        .boxed()
                        .toList());
    }

    /** The members of the published templates, in each writing. */
    private static List<List<Integer>> series(Tokenizer tokenizer) {
        return Arrays.stream(SequenceTemplates.Members.values())
                .map(written -> written.texts().stream()
                        .map(text -> tokenizer.encode(" " + text)[0])
                        .toList())
                .toList();
    }

    /** The orders that a task's runs of step 1 say, of members that are one token each. One that wraps ends with its first member. */
    static List<List<Integer>> series(Dataset data) {
        Map<String, Map<Integer, Integer>> next = new LinkedHashMap<>();
        for (Split split : data.splits()) {
            for (Example example : data.examples(split)) {
                if (example.origin().rule().matches("add 1( wrapping)?")) {
                    Map<Integer, Integer> follows =
                            next.computeIfAbsent(example.origin().series(), key -> new LinkedHashMap<>());
                    for (int m = 1; m < example.members(); m++) {
                        Optional<Integer> before = token(example, m - 1);
                        Optional<Integer> after = token(example, m);
                        if (before.isPresent() && after.isPresent()) {
                            follows.put(before.get(), after.get());
                        }
                    }
                }
            }
        }
        return next.values().stream()
                .filter(follows -> !follows.isEmpty())
                .map(FindRoles::chain)
                .toList();
    }

    /** A member's token, if it has one apart from its separator. */
    private static Optional<Integer> token(Example example, int member) {
        int from = example.memberStart(member);
        return example.memberEnd(member) - from > 2 ? Optional.empty() : Optional.of(example.token(from));
    }

    private static List<Integer> chain(Map<Integer, Integer> follows) {
        int first = follows.keySet().stream()
                .filter(token -> !follows.containsValue(token))
                .findFirst()
                .orElseGet(() -> follows.keySet().iterator().next());
        Set<Integer> seen = new LinkedHashSet<>();
        Integer at = first;
        while (at != null && seen.add(at)) {
            at = follows.get(at);
        }
        List<Integer> chain = new ArrayList<>(seen);
        if (at != null) {
            chain.add(at);
        }
        return chain;
    }
}
