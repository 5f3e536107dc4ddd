package io.reprise.analysis.overlap.within;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.stats.Hypergeometric;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What two circuits of one universe share, corrected for chance. Two nulls: random circuits of the same sizes, and of the same types
 * and layers (see {@link Unit#stratum()}); both exact.
 *
 * @param universe how many units there are
 * @param a members of the one
 * @param b members of the other
 * @param shared members of both
 * @param jaccard J = shared / (a + b − shared)
 * @param overlapCoefficient shared / min(a, b)
 * @param containedA share of A that is in B
 * @param containedB share of B that is in A
 * @param expectedJaccard E[J] for random circuits of these sizes
 * @param adjustedJaccard J* = (J − E[J]) / (J_max − E[J]) with J_max = min/max: 0 by chance, 1 for one inside the other; empty if not
 *     identifiable
 * @param kappa Cohen's κ of the two memberships; empty if not identifiable
 * @param logP natural logarithm of P(X ≥ shared) for random circuits of these sizes
 * @param z (shared − mean) / sd there; empty if sd is 0
 * @param stratified the same against random circuits of the same types and layers
 * @param problem why nothing can be said; empty if something can
 */
public record StructuralOverlap(
        int universe,
        int a,
        int b,
        int shared,
        double jaccard,
        double overlapCoefficient,
        double containedA,
        double containedB,
        double expectedJaccard,
        Optional<Double> adjustedJaccard,
        Optional<Double> kappa,
        double logP,
        Optional<Double> z,
        Stratified stratified,
        Optional<String> problem) {
    private static final String NOT = "not identifiable: ";

    /**
     * Against random circuits of the same types and layers.
     *
     * @param expectedShared units shared by chance
     * @param expectedJaccard E[J] there
     * @param expectedAdjusted mean of J* there: what CSI takes for nothing; empty where J* is
     * @param logP natural logarithm of P(X ≥ shared)
     * @param smallestP the smallest p that these sizes allow, as the null is discrete; 1 if one circuit has all or none of the units
     *     of every stratum, so that the overlap says nothing
     */
    public record Stratified(
            double expectedShared,
            double expectedJaccard,
            Optional<Double> expectedAdjusted,
            double logP,
            double smallestP) {
        public double p() {
            return Math.exp(logP);
        }
    }

    /** P(X ≥ shared) for random circuits of these sizes; 0 below the smallest double. */
    public double p() {
        return Math.exp(logP);
    }

    /**
     * Compares two circuits.
     *
     * @throws IllegalArgumentException if they are circuits of models of different shapes, or of other units
     */
    public static StructuralOverlap of(Circuit one, Circuit other) {
        requireSame(one, other);
        return of(one.universe(), one.units(), other.units());
    }

    /** Compares two sets of units. */
    public static StructuralOverlap of(Universe universe, Set<Unit> one, Set<Unit> other) {
        universe.require(one);
        universe.require(other);
        int n = universe.size();
        int a = one.size();
        int b = other.size();
        int x = shared(one, other);
        double jaccard = a + b == 0 ? 0 : jaccard(a, b, x);
        Hypergeometric chance = Hypergeometric.of(n, a, b);
        double expected = a + b == 0 ? 0 : chance.expectation(shared -> jaccard(a, b, shared));
        Optional<String> problem = problem(n, a, b);
        double most = a + b == 0 ? 0 : (double) Math.min(a, b) / Math.max(a, b);
        Optional<Double> adjusted =
                problem.isPresent() ? Optional.empty() : Optional.of((jaccard - expected) / (most - expected));
        double sd = Math.sqrt(chance.variance());
        return new StructuralOverlap(
                n,
                a,
                b,
                x,
                jaccard,
                share(x, Math.min(a, b)),
                share(x, a),
                share(x, b),
                expected,
                adjusted,
                problem.isPresent() ? Optional.empty() : Optional.of(kappa(n, a, b, x)),
                chance.logTail(x),
                sd > 0 ? Optional.of((x - chance.mean()) / sd) : Optional.empty(),
                stratified(universe, one, other, adjusted.isPresent() ? Optional.of(most) : Optional.empty(), expected),
                problem);
    }

    private static Stratified stratified(
            Universe universe, Set<Unit> one, Set<Unit> other, Optional<Double> most, double expected) {
        Hypergeometric sum = Hypergeometric.of(0, 0, 0);
        int largest = 0;
        for (Map.Entry<String, List<Unit>> stratum : universe.strata().entrySet()) {
            int a = (int) stratum.getValue().stream().filter(one::contains).count();
            int b = (int) stratum.getValue().stream().filter(other::contains).count();
            if (a > 0 && b > 0) {
                sum = sum.plus(Hypergeometric.of(stratum.getValue().size(), a, b));
                largest += Math.min(a, b);
            }
        }
        int a = one.size();
        int b = other.size();
        double jaccard = a + b == 0 ? 0 : sum.expectation(shared -> jaccard(a, b, shared));
        return new Stratified(
                sum.mean(),
                jaccard,
                most.map(max -> (jaccard - expected) / (max - expected)),
                sum.logTail(shared(one, other)),
                sum.tail(largest));
    }

    /** @throws IllegalArgumentException unless both choose from the same units */
    public static void requireSame(Circuit one, Circuit other) {
        if (one.universe().kind() != other.universe().kind()) {
            throw new IllegalArgumentException(
                    one.name() + " is a circuit of " + one.universe().kind().key() + ", " + other.name() + " of "
                            + other.universe().kind().key() + "; compare circuits of the same units");
        }
        if (!one.universe().units().equals(other.universe().units())) {
            throw new IllegalArgumentException(one.name() + " is a circuit of another model than " + other.name() + ": "
                    + one.universe() + " against " + other.universe()
                    + "; compare models of different shapes with reprise compare-models");
        }
        Optional<String> first = one.origin().fingerprint();
        Optional<String> second = other.origin().fingerprint();
        if (first.isPresent() && second.isPresent() && !first.equals(second)) {
            throw new IllegalArgumentException(one.name() + " and " + other.name()
                    + " are circuits of different models of the same shape (fingerprints differ): head 3 of one has nothing"
                    + " to do with head 3 of the other; use reprise compare-models");
        }
    }

    private static Optional<String> problem(int n, int a, int b) {
        if (a == 0 || b == 0) {
            return Optional.of(NOT + "an empty circuit shares nothing with any other");
        }
        if (a == n || b == n) {
            return Optional.of(NOT + "a circuit that is the whole model shares everything with any other");
        }
        return Optional.empty();
    }

    private static double kappa(int n, int a, int b, int x) {
        double observed = (n - a - b + 2.0 * x) / n;
        double chance = ((double) a * b + (double) (n - a) * (n - b)) / n / n;
        return (observed - chance) / (1 - chance);
    }

    private static int shared(Set<Unit> one, Set<Unit> other) {
        return (int) one.stream().filter(other::contains).count();
    }

    private static double jaccard(int a, int b, int shared) {
        return shared / (double) (a + b - shared);
    }

    private static double share(int part, int whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
