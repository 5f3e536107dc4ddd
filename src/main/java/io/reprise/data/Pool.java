package io.reprise.data;

import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A source with its drafts, where they are few enough to be listed, and its share of the mixture. */
final class Pool {
    /** More sequences than this in a component are drawn instead of listed. */
    static final int LIMIT = 200_000;

    private final Source source;
    private final double share;
    private final List<Draft> drafts = new ArrayList<>();
    private final boolean listed;
    private double[] cumulative = {};

    Pool(Source source, double share) {
        this.source = source;
        this.share = share;
        this.listed = source.size() <= LIMIT;
        if (listed) {
            source.forEach(drafts::add);
            requireSome();
        } else if (source.drawnFrom().isEmpty()) {
            throw new IllegalArgumentException(String.format(
                    "start: %s has %,.0f sequences, more than the %,d that can be listed; narrow start, second or length",
                    source.label(), source.size(), LIMIT));
        } else if (source.drawnFrom().get().size() > Lexicon.MAX_TOKENS) {
            throw new IllegalArgumentException(String.format(
                    "values = %s would need %,d tokens, more than %,d; narrow it",
                    source.drawnFrom().get(), source.drawnFrom().get().size(), Lexicon.MAX_TOKENS));
        }
    }

    private void requireSome() {
        if (drafts.isEmpty()) {
            throw new IllegalArgumentException(
                    "length = " + source.spec().length().map(IntRange::toString).orElse("3") + ": " + source.label()
                            + " has no sequence at all: from no start is there room for it in "
                            + source.spec().values().orElse(source.series().positions())
                            + "; shorten length, widen values, or let it wrap");
        }
    }

    Source source() {
        return source;
    }

    /** Probability of the component in the mixture. */
    double share() {
        return share;
    }

    boolean listed() {
        return listed;
    }

    /** All sequences; empty where they are drawn. */
    List<Draft> drafts() {
        return drafts;
    }

    /** One sequence by its probability in the component. */
    Draft sample(Rng rng) {
        if (!listed) {
            return source.sample(rng);
        }
        if (cumulative.length == 0) {
            cumulative = new double[drafts.size()];
            double sum = 0;
            for (int i = 0; i < cumulative.length; i++) {
                sum += drafts.get(i).mass();
                cumulative[i] = sum;
            }
        }
        int at = java.util.Arrays.binarySearch(cumulative, rng.nextDouble() * cumulative[cumulative.length - 1]);
        return drafts.get(Math.min(at >= 0 ? at + 1 : -at - 1, cumulative.length - 1));
    }

    /** Adds the numbers of members, signs included, that sequences have (an end token aside). */
    void addLengths(boolean startToken, Set<Integer> lengths) {
        for (Draft draft : drafts) {
            lengths.add(draft.cells().length + (startToken && draft.cells()[0] != Draft.START ? 1 : 0));
        }
        if (!listed) {
            IntRange range = source.spec().length().orElseThrow();
            int times = source.spec().rule() instanceof Rule.Repeat repeat ? repeat.times() : 2;
            int signs = source.spec().rule() instanceof Rule.Sort ? 2 : startToken ? 1 : 0;
            range.stream().forEach(n -> lengths.add(n * times + signs));
        }
    }

    /** Adds the positions that the sequences use. */
    void addPositions(Set<Integer> positions) {
        source.drawnFrom().ifPresent(range -> range.stream().forEach(positions::add));
        for (Draft draft : drafts) {
            for (int cell : draft.cells()) {
                if (cell >= 0) {
                    positions.add(cell);
                }
            }
        }
    }
}
