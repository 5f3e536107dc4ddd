package io.reprise.analysis.circuit.evaluation;

import io.reprise.analysis.circuit.RandomCircuits;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.edges.Dangling;
import io.reprise.stats.Estimate;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * Measures a {@link FaithfulnessCurve}. Random rankings have a unit of the same type and layer at every place, so that at each size
 * they are random circuits like the ranking's own.
 */
public final class MeasureCurve {
    private static final double[] SHARES = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1};

    private final Measurements measured;
    private final Ranking ranking;
    private final Rng rng;
    private final List<double[]> random; // [control][share]

    private MeasureCurve(Measurements measured, Ranking ranking, int controls, Rng rng) {
        this.measured = measured;
        this.ranking = ranking;
        this.rng = rng;
        this.random = new ArrayList<>();
        for (int i = 0; i < controls; i++) {
            Ranking shuffled = ranking.shuffled(rng);
            random.add(Arrays.stream(SHARES)
                    .map(share -> measured.faithfulnessValue(circuit(shuffled, share)))
                    .toArray());
        }
    }

    /**
     * The curve of {@code ranking} on the prompts of {@code model}.
     *
     * @throws IllegalArgumentException if the ranking is of another model's units
     */
    public static FaithfulnessCurve of(TaskModel model, Ranking ranking, EvaluationOptions options, Rng rng) {
        if (!ranking.universe().same(model.universe())) {
            throw new IllegalArgumentException(
                    "the ranking is of " + ranking.universe() + ", the model at the task has " + model.universe());
        }
        Measurements measured = new Measurements(model, options.resamples(), rng.split("prompts"));
        return of(measured, ranking, options, rng);
    }

    static FaithfulnessCurve of(Measurements measured, Ranking ranking, EvaluationOptions options, Rng rng) {
        boolean defined = measured.faithfulness(Set.of()).value().isPresent();
        return new MeasureCurve(measured, ranking, defined ? options.controls() : 0, rng.split("rankings"))
                .curve(options.order());
    }

    private FaithfulnessCurve curve(Ranking.Order order) {
        List<FaithfulnessCurve.Point> points = new ArrayList<>();
        List<double[]> columns = new ArrayList<>();
        for (int i = 0; i < SHARES.length; i++) {
            int at = i;
            Set<Unit> circuit = circuit(ranking, SHARES[i]);
            columns.add(measured.values(circuit));
            boolean free = free(circuit);
            points.add(new FaithfulnessCurve.Point(
                    SHARES[i],
                    requested(ranking, SHARES[i]),
                    circuit.size(),
                    Figure.of(
                            measured.faithfulness(circuit),
                            () -> free ? controls(f -> f[at]) : Optional.empty(),
                            Control.Better.MORE)));
        }
        return new FaithfulnessCurve(
                order,
                points,
                area(columns, f -> f, x -> x, Control.Better.MORE),
                area(columns, f -> Math.abs(1 - f), x -> x, Control.Better.LESS),
                area(columns, f -> f, MeasureCurve::logAxis, Control.Better.MORE),
                area(columns, f -> Math.abs(1 - f), MeasureCurve::logAxis, Control.Better.LESS));
    }

    /** 0 at the smallest share and 1 at the largest. */
    private static double logAxis(double share) {
        return 1 - Math.log(share) / Math.log(SHARES[0]);
    }

    private Figure area(
            List<double[]> columns, DoubleUnaryOperator height, DoubleUnaryOperator axis, Control.Better better) {
        ToDoubleFunction<double[]> area = f -> {
            double sum = 0;
            for (int i = 1; i < SHARES.length; i++) {
                double width = axis.applyAsDouble(SHARES[i]) - axis.applyAsDouble(SHARES[i - 1]);
                sum += width * (height.applyAsDouble(f[i - 1]) + height.applyAsDouble(f[i])) / 2;
            }
            return sum;
        };
        Estimate estimate = measured.normalised(columns, area);
        boolean free = ranking.universe().strata().values().stream().anyMatch(units -> units.size() > 1);
        return Figure.of(estimate, () -> free ? controls(area) : Optional.empty(), better);
    }

    private boolean free(Set<Unit> circuit) {
        return new RandomCircuits(ranking.universe(), rng).freedom(circuit) > 0;
    }

    private Optional<double[]> controls(ToDoubleFunction<double[]> figure) {
        return random.isEmpty()
                ? Optional.empty()
                : Optional.of(random.stream().mapToDouble(figure).toArray());
    }

    private static int requested(Ranking ranking, double share) {
        return (int) (share * ranking.units().size() + 1e-9); // 0.001 of 1000 is 1, whatever its binary expansion
    }

    private static Set<Unit> circuit(Ranking ranking, double share) {
        Set<Unit> chosen = new LinkedHashSet<>(ranking.units().subList(0, requested(ranking, share)));
        return share < 1 && ranking.universe().kind() == Universe.Kind.EDGES
                ? Dangling.without(ranking.universe(), chosen)
                : chosen;
    }
}
