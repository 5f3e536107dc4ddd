package io.reprise.analysis.circuit.roles;

import io.reprise.model.Tokens;
import io.reprise.tensor.Rng;
import java.util.List;

/**
 * Sequences of two blocks of random tokens; no token twice in a block, so that a token of the second block has one place in the
 * first.
 *
 * @param tokens to draw from
 * @param block length of a block; sequences are twice as long
 * @param sequences how many
 */
public record RepeatedBlocks(List<Integer> tokens, int block, int sequences) {
    public RepeatedBlocks {
        tokens = List.copyOf(tokens);
        if (block < 2 || tokens.size() < block || sequences < 1) {
            throw new IllegalArgumentException("repeated blocks of block = " + block + " out of " + tokens.size()
                    + " tokens, sequences = " + sequences
                    + "; expected blocks of 2 or more, at least as many different tokens, and 1 sequence or more");
        }
        if (tokens.stream().distinct().count() < tokens.size()) {
            throw new IllegalArgumentException(
                    "repeated blocks draw from tokens " + tokens + "; expected different ones");
        }
    }

    /** The second block is the first again. */
    Tokens repeated(Rng rng) {
        return draw(rng, true);
    }

    /** The second block is one of its own. */
    Tokens unrepeated(Rng rng) {
        return draw(rng, false);
    }

    private Tokens draw(Rng rng, boolean repeat) {
        int[] ids = new int[sequences * 2 * block];
        for (int sequence = 0; sequence < sequences; sequence++) {
            int[] first = rng.permutation(tokens.size());
            int[] second = repeat ? first : rng.permutation(tokens.size());
            for (int i = 0; i < block; i++) {
                ids[sequence * 2 * block + i] = tokens.get(first[i]);
                ids[sequence * 2 * block + block + i] = tokens.get(second[i]);
            }
        }
        return new Tokens(ids, sequences, 2 * block);
    }
}
