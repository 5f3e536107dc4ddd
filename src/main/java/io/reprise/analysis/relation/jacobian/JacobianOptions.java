package io.reprise.analysis.relation.jacobian;

import java.util.function.BiConsumer;

/**
 * @param method how
 * @param bytes of working memory, beside a layer's weights; decides how many tangents go up together, and changes no bit
 * @param progress hears tangents·layers done, and of how many
 */
public record JacobianOptions(JacobianMethod method, long bytes, BiConsumer<Long, Long> progress) {
    private static final long USUAL_BYTES = 1L << 30;

    public JacobianOptions {
        if (bytes <= 0) {
            throw new IllegalArgumentException("memory = " + bytes + " bytes; expected more than 0");
        }
    }

    public static JacobianOptions defaults() {
        return new JacobianOptions(JacobianMethod.PUSHFORWARD, USUAL_BYTES, (done, total) -> {});
    }
}
