package io.reprise.analysis.circuit.roles;

import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Previous-token, duplicate-token and induction scores: attention on repeated random tokens. */
public final class RepeatedTokenScores implements HeadScorer {
    private final Tokens tokens;
    private final int block;

    public RepeatedTokenScores(RepeatedBlocks blocks, Rng rng) {
        this.tokens = blocks.repeated(rng);
        this.block = blocks.block();
    }

    @Override
    public Map<HeadRole, double[][]> score(Transformer model) {
        Patterns patterns = new Patterns(model, tokens);
        List<Integer> second = IntStream.range(block, 2 * block).boxed().toList();
        return Map.of(
                HeadRole.PREVIOUS_TOKEN,
                patterns.mean(IntStream.range(1, 2 * block).boxed().toList(), (query, key) -> key == query - 1),
                HeadRole.DUPLICATE_TOKEN,
                patterns.mean(second, (query, key) -> key == query - block),
                HeadRole.INDUCTION,
                patterns.mean(second, (query, key) -> key == query - block + 1));
    }
}
