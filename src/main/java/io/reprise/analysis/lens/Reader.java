package io.reprise.analysis.lens;

import io.reprise.analysis.lens.LensSpec.Range;
import io.reprise.analysis.lens.Scorer.Distribution;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.model.StreamParts;
import io.reprise.model.Transformer;
import io.reprise.tensor.DType;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Final norm, unembedding and statistics, a few positions of all rows at a time, so that the logits in memory stay few
 * (or are those of one position).
 */
final class Reader {
    /** Usual number of logits in memory: 64 MB of float32, enough to keep the product with the unembedding busy. */
    static final int MOST_LOGITS = 1 << 24;

    private final Transformer model;
    private final LensSpec spec;
    private final int mostLogits;
    private final List<Trajectory.Row> rows;
    private final List<int[]> prompts;
    private final List<Range> ranges;

    /**
     * @param mostLogits in memory at a time
     * @param ranges the positions decoded of each prompt
     */
    Reader(
            Transformer model,
            LensSpec spec,
            int mostLogits,
            List<Trajectory.Row> rows,
            List<int[]> prompts,
            List<Range> ranges) {
        this.mostLogits = mostLogits;
        this.model = model;
        this.spec = spec;
        this.rows = rows;
        this.prompts = prompts;
        this.ranges = ranges;
    }

    /** A decoded position: of which prompt, and where. */
    private record Place(int prompt, int position) {}

    /** @param streams per row [positions of all prompts' ranges, d_model] */
    List<Trajectory> read(List<Tensor> streams) {
        List<Place> places = new ArrayList<>();
        for (int n = 0; n < prompts.size(); n++) {
            for (int position = ranges.get(n).from(); position < ranges.get(n).to(); position++) {
                places.add(new Place(n, position));
            }
        }
        Cell[][] cells = new Cell[rows.size()][places.size()];
        float[][][] logits = new float[spec.keepLogits() ? rows.size() : 0][places.size()][];
        long perPlace = (long) rows.size() * model.config().dVocab();
        int step = (int) Math.max(1, Math.min(places.size(), mostLogits / perPlace));
        for (int from = 0; from < places.size(); from += step) {
            piece(streams, places, from, Math.min(places.size(), from + step), cells, logits);
        }
        List<Trajectory> trajectories = new ArrayList<>();
        int start = 0;
        for (int n = 0; n < prompts.size(); n++) {
            int size = ranges.get(n).size();
            Cell[][] own = new Cell[rows.size()][];
            float[][][] ownLogits = new float[logits.length][][];
            for (int row = 0; row < rows.size(); row++) {
                own[row] = java.util.Arrays.copyOfRange(cells[row], start, start + size);
                if (spec.keepLogits()) {
                    ownLogits[row] = java.util.Arrays.copyOfRange(logits[row], start, start + size);
                }
            }
            trajectories.add(
                    new Trajectory(rows, prompts.get(n).clone(), ranges.get(n).from(), own, ownLogits));
            start += size;
        }
        return trajectories;
    }

    private void piece(List<Tensor> streams, List<Place> places, int from, int to, Cell[][] cells, float[][][] kept) {
        Backend backend = model.backend();
        int width = to - from;
        Logits logits = decode(streams, from, to);
        int last = streams.size() - 1;
        backend.parallel(width, i -> {
            Distribution own = logits.at(last * width + i);
            double[] probabilities = own.probabilities();
            int guess = Scorer.argmax(own.logits);
            Place place = places.get(from + i);
            int[] prompt = prompts.get(place.prompt());
            Optional<Integer> next =
                    place.position() + 1 < prompt.length ? Optional.of(prompt[place.position() + 1]) : Optional.empty();
            Scorer scorer = new Scorer(spec.topK(), spec.follow());
            for (int row = 0; row <= last; row++) {
                Distribution distribution = row == last ? own : logits.at(row * width + i);
                cells[row][from + i] = scorer.cell(distribution, own, probabilities, guess, next);
                if (spec.keepLogits()) {
                    kept[row][from + i] = logits.floats(row * width + i);
                }
            }
        });
    }

    /** Logits of places from..to of every row, row by row. */
    private Logits decode(List<Tensor> streams, int from, int to) {
        Backend backend = model.backend();
        int d = model.config().dModel();
        int[] wanted = java.util.stream.IntStream.range(from, to).toArray();
        try (Scope scope = backend.scope()) {
            double[] stacked = new double[streams.size() * wanted.length * d];
            for (int row = 0; row < streams.size(); row++) {
                double[] part = backend.downloadDoubles(backend.rows(streams.get(row), wanted));
                System.arraycopy(part, 0, stacked, row * part.length, part.length);
            }
            Tensor x = backend.upload(Shape.of(streams.size() * wanted.length, d), stacked);
            Tensor logits = new StreamParts(model).logits(x);
            return backend.dtype() == DType.FLOAT64
                    ? new Logits(
                            new float[0],
                            backend.downloadDoubles(logits),
                            model.config().dVocab())
                    : new Logits(
                            backend.download(logits),
                            new double[0],
                            model.config().dVocab());
        }
    }

    /** Rows of logits, in the backend's own precision. */
    private static final class Logits {
        private final float[] single;
        private final double[] precise;
        private final int dVocab;

        Logits(float[] single, double[] precise, int dVocab) {
            this.single = single;
            this.precise = precise;
            this.dVocab = dVocab;
        }

        Distribution at(int row) {
            double[] own = new double[dVocab];
            for (int v = 0; v < dVocab; v++) {
                own[v] = precise.length > 0 ? precise[row * dVocab + v] : single[row * dVocab + v];
            }
            return new Distribution(own);
        }

        float[] floats(int row) {
            float[] own = new float[dVocab];
            for (int v = 0; v < dVocab; v++) {
                own[v] = precise.length > 0 ? (float) precise[row * dVocab + v] : single[row * dVocab + v];
            }
            return own;
        }
    }
}
