package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.Answers;
import io.reprise.analysis.relation.LinearOperator;
import io.reprise.analysis.relation.State;
import io.reprise.analysis.relation.SubjectModel;
import io.reprise.analysis.relation.Svd;
import io.reprise.analysis.relation.Training;
import io.reprise.analysis.relation.Vectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What an operator looks like: norms, singular values, and singular vectors as tokens. */
final class Directions {
    private static final int BLOCK = 2048; // rows of the vocabulary at a time
    private static final int TOKENS = 8;

    private final SubjectModel model;
    private final Answers answers;

    Directions(SubjectModel model, Answers answers) {
        this.model = model;
        this.answers = answers;
    }

    /**
     * @param training whose subjects' h are looked at
     * @param edits may hold the singular values of the operator's own W
     * @param count directions at most
     */
    OperatorPicture of(LinearOperator operator, Training training, List<EditFit> edits, int count) {
        List<State> states = training.states(operator.ends());
        Optional<Svd> svd = operator.weight().map(w -> edits.stream()
                .filter(fit -> fit.operator().ends().equals(operator.ends())
                        && fit.operator().weight().equals(operator.weight()))
                .findFirst()
                .flatMap(EditFit::svd)
                .orElseGet(() -> Svd.of(w)));
        boolean linear = operator.weight().isPresent();
        double image = states.stream()
                .mapToDouble(state -> Vectors.norm(operator.image(state.h())))
                .average()
                .orElse(0);
        List<Double> values = svd.map(
                        found -> Arrays.stream(found.singularValues()).boxed().toList())
                .orElse(List.of());
        return new OperatorPicture(
                operator.ends().toString(),
                operator.weight().map(w -> w.getFrobeniusNorm()).orElse(0.0),
                linear ? image : 0,
                operator.bias().map(Vectors::norm).orElse(0.0),
                values,
                svd.map(found -> directions(
                                found,
                                Vectors.mean(states.stream().map(State::h).toList()),
                                count))
                        .orElse(List.of()));
    }

    private List<OperatorPicture.Direction> directions(Svd svd, double[] meanH, int count) {
        int n = Math.min(count, svd.rank());
        double[][] reads = new double[n][];
        double[][] writes = new double[n][];
        for (int i = 0; i < n; i++) {
            double sign = dot(svd.right(i), meanH) < 0 ? -1 : 1;
            reads[i] = Vectors.scaled(svd.right(i), sign);
            writes[i] = Vectors.scaled(svd.left(i), sign);
        }
        var read = strongest(reads, model::embedding);
        var written = strongest(writes, model::unembedding);
        return IntStream.range(0, n)
                .mapToObj(i -> new OperatorPicture.Direction(svd.singularValues()[i], read.get(i), written.get(i)))
                .toList();
    }

    private List<List<OperatorPicture.TokenScore>> strongest(double[][] vectors, Function<int[], double[][]> rows) {
        List<PriorityQueue<IdScore>> kept = new ArrayList<>();
        for (int i = 0; i < vectors.length; i++) {
            kept.add(new PriorityQueue<>(IdScore.BEST.reversed()));
        }
        int vocabulary = vectors.length == 0 ? 0 : model.config().dVocab();
        for (int from = 0; from < vocabulary; from += BLOCK) {
            int[] ids =
                    IntStream.range(from, Math.min(vocabulary, from + BLOCK)).toArray();
            double[][] block = rows.apply(ids);
            for (int i = 0; i < vectors.length; i++) {
                for (int j = 0; j < ids.length; j++) {
                    kept.get(i).add(new IdScore(ids[j], dot(vectors[i], block[j])));
                    if (kept.get(i).size() > TOKENS) {
                        kept.get(i).poll();
                    }
                }
            }
        }
        return kept.stream()
                .map(queue -> queue.stream()
                        .sorted(IdScore.BEST)
                        .map(best -> new OperatorPicture.TokenScore(answers.shown(best.id()), best.score()))
                        .toList())
                .toList();
    }

    private record IdScore(int id, double score) {
        static final Comparator<IdScore> BEST =
                Comparator.comparingDouble((IdScore s) -> -s.score()).thenComparingInt(IdScore::id);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
