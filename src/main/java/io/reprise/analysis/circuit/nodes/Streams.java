package io.reprise.analysis.circuit.nodes;

import io.reprise.analysis.circuit.nodes.Numbers.Matrix;
import io.reprise.analysis.circuit.nodes.Part.LiveHeads;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The streams of a part at each layer's input, as far as they are known, and the workings of one layer. */
final class Streams {
    private final Part part;
    private final boolean anyHeadMayCome;
    private final List<Matrix> inputs = new ArrayList<>();
    private int layer = -1;
    private Optional<LiveHeads> z = Optional.empty();
    private Optional<Matrix> mid = Optional.empty();
    private Optional<Matrix> post = Optional.empty();

    /** @param anyHeadMayCome whether heads that are replaced now may be live in a trial */
    Streams(Part part, boolean anyHeadMayCome) {
        this.part = part;
        this.anyHeadMayCome = anyHeadMayCome;
    }

    /**
     * What the layer of {@code spot} writes in a trial.
     *
     * @param now what is replaced now
     * @param trial the same but for {@code spot}
     */
    Tensor block(Spot spot, Edits now, Edits trial) {
        at(spot.layer());
        Tensor x = input(layer, now);
        switch (spot.slot()) {
            case Q, K, V -> {
                return part.block(layer, x, trial);
            }
            case Z -> {
                Optional<LiveHeads> live = heads(x, now);
                if (!part.parallel()) {
                    return part.fromZ(layer, x, live, trial);
                }
                return part.fromMid(layer, part.mid(layer, x, live, trial), () -> post(x, x), trial);
            }
            default -> {
                Tensor middle = mid(x, now);
                return part.fromMid(layer, middle, () -> post(x, middle), trial);
            }
        }
    }

    /** Forgets what depends on {@code spot}, which is now flipped for good. */
    void changed(Spot spot) {
        while (inputs.size() > spot.layer() + 1) {
            inputs.remove(inputs.size() - 1);
        }
        if (layer > spot.layer()) {
            at(-1);
        } else if (layer == spot.layer()) {
            switch (spot.slot()) {
                case Q, K, V -> at(-1);
                case Z -> {
                    mid = Optional.empty();
                    post = part.parallel() ? post : Optional.empty();
                }
                case POST, OUT -> {}
            }
        }
    }

    private void at(int now) {
        if (layer != now) {
            layer = now;
            z = Optional.empty();
            mid = Optional.empty();
            post = Optional.empty();
        }
    }

    /** The stream that a layer reads. */
    private Tensor input(int wanted, Edits now) {
        if (inputs.isEmpty()) {
            inputs.add(part.scoped(() -> part.numbers().download(part.embed())));
        }
        while (inputs.size() <= wanted) {
            int last = inputs.size() - 1;
            inputs.add(part.scoped(() ->
                    part.numbers().download(part.block(last, part.numbers().upload(inputs.get(last)), now))));
        }
        return part.numbers().upload(inputs.get(wanted));
    }

    private Optional<LiveHeads> heads(Tensor x, Edits now) {
        if (z.isEmpty()) {
            int[] wanted = anyHeadMayCome
                    ? IntStream.range(0, now.mask(layer, Slot.Z).blocks()).toArray()
                    : now.liveHeads(layer, part.view(layer));
            z = wanted.length == 0 ? Optional.empty() : Optional.of(part.z(layer, x, wanted, now));
        }
        return z;
    }

    private Tensor mid(Tensor x, Edits now) {
        if (mid.isEmpty()) {
            mid = Optional.of(part.scoped(() -> part.numbers().download(part.mid(layer, x, heads(x, now), now))));
        }
        return part.numbers().upload(mid.get());
    }

    private Tensor post(Tensor x, Tensor middle) {
        Supplier<Matrix> make = () -> part.numbers().download(part.post(layer, x, middle));
        if (post.isEmpty()) {
            post = Optional.of(part.scoped(make));
        }
        return part.numbers().upload(post.get());
    }
}
