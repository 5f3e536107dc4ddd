package io.reprise.analysis.relation.jacobian;

import io.reprise.model.Activations;
import io.reprise.model.Tokens;
import io.reprise.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prompts of any lengths side by side, padded on the right, where causal attention keeps the padding from being seen. */
final class Padded {
    private Padded() {}

    static Tokens tokens(List<int[]> prompts) {
        int length = longest(prompts);
        int[] ids = new int[prompts.size() * length];
        for (int i = 0; i < prompts.size(); i++) {
            System.arraycopy(prompts.get(i), 0, ids, i * length, prompts.get(i).length);
        }
        return new Tokens(ids, prompts.size(), length);
    }

    private static int longest(List<int[]> prompts) {
        return prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
    }

    /** Streams [pos, d_model] of each prompt as one [batch, pos, d_model]. */
    static Activations.Value join(List<Activations.Value> streams) {
        int length =
                streams.stream().mapToInt(stream -> stream.shape().dim(0)).max().orElse(0);
        int d = streams.get(0).shape().dim(1);
        double[] all = new double[streams.size() * length * d];
        for (int i = 0; i < streams.size(); i++) {
            double[] own = streams.get(i).data();
            System.arraycopy(own, 0, all, i * length * d, own.length);
        }
        return Activations.Value.of(Shape.of(streams.size(), length, d), all);
    }

    /** The reverse of {@link #join}, for as many positions as each prompt has. */
    static List<Activations.Value> split(Activations.Value padded, List<int[]> prompts) {
        int length = padded.shape().dim(1);
        int d = padded.shape().dim(2);
        List<Activations.Value> streams = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int own = prompts.get(i).length;
            streams.add(Activations.Value.of(
                    Shape.of(own, d), Arrays.copyOfRange(padded.data(), i * length * d, (i * length + own) * d)));
        }
        return streams;
    }
}
