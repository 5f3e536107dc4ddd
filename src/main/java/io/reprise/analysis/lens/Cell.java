package io.reprise.analysis.lens;

import java.util.List;
import java.util.Optional;

/**
 * What one row says at one position.
 *
 * @param top its most probable tokens, best first; of equals the smaller id
 * @param guess the token that the model itself finds most probable here, as this row sees it
 * @param next the token that comes next in the text, as this row sees it; the last position has none
 * @param followed the tokens asked for
 * @param kl KL(model's own distribution ‖ this row's), in nats
 * @param entropy of this row's distribution, in nats
 */
public record Cell(
        List<TokenScore> top,
        TokenScore guess,
        Optional<TokenScore> next,
        List<TokenScore> followed,
        double kl,
        double entropy) {
    public Cell {
        top = List.copyOf(top);
        followed = List.copyOf(followed);
    }
}
