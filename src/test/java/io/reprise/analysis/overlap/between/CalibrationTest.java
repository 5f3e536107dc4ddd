package io.reprise.analysis.overlap.between;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Unit;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static final int PROMPTS = 12;

    @Test
    void percentilesAreLinearBetweenTheNullsValues() {
        double[] sorted = {-0.5, 0.1, 0.3, 0.7};
        assertThat(Calibration.place(sorted, -1)).isZero();
        assertThat(Calibration.place(sorted, 1)).isEqualTo(1);
        assertThat(Calibration.place(sorted, 0.1)).isCloseTo(1.5 / 4, within(1e-15));
        assertThat(Calibration.place(sorted, 0.2)).isCloseTo(2.0 / 4, within(1e-15));
        assertThat(Calibration.place(sorted, 0.85)).isCloseTo(3.75 / 4, within(1e-15));
        double before = 0;
        for (double similarity = -1; similarity <= 1; similarity += 0.001) {
            double place = Calibration.place(sorted, similarity);
            assertThat(place).isBetween(before, before + 0.002);
            before = place;
        }
    }

    @Test
    void debiasedCkaIsTheUnbiasedEstimatorOfHsicWrittenOut() {
        Rng rng = Rng.of(1);
        double[][] k = gram(gaussians(6, 4, rng));
        double[][] l = gram(gaussians(6, 7, rng));
        double expected = hsic(k, l) / Math.sqrt(hsic(k, k) * hsic(l, l));
        double[] a = Vectors.uCentred(k);
        double[] b = Vectors.uCentred(l);
        assertThat(Vectors.dot(a, b) / Vectors.norm(a) / Vectors.norm(b)).isCloseTo(expected, within(1e-12));
    }

    /** The plain CKA of 12 prompts in 200 dimensions is near 1 whatever they are. */
    @Test
    void outputsThatHaveNothingInCommonAreNotAlikeHoweverWide() {
        Rng rng = Rng.of(2);
        double sum = 0;
        for (int i = 0; i < 200; i++) {
            Signature u = signature(i, gaussians(PROMPTS, 200, rng), rng);
            Signature v = signature(i, gaussians(PROMPTS, 200, rng), rng);
            sum += u.similarity(SignatureChannel.OUTPUT, v).orElseThrow() / 200;
        }
        // each has a standard deviation of about 1/√(n(n−3)/2) = 0.14, so the mean of 200 one of 0.01
        assertThat(sum).isCloseTo(0, within(0.04));
    }

    /** Components that have nothing to do with each other are as often in a null's top α as α says. */
    @Test
    void unrelatedComponentsAreRarelyAtTheTopOfTheNull() {
        int trials = 2000;
        List<Double> places = new ArrayList<>();
        for (int trial = 0; trial < trials; trial++) {
            Rng rng = Rng.of(3).split("trial " + trial);
            Side a = side(1, 30, rng.split("a"));
            Side b = side(1, 30, rng.split("b"));
            Calibration calibration = Calibration.of(a, b, rng);
            places.add(calibration
                    .percentile(
                            SignatureChannel.OUTPUT,
                            a.signatures().components().get(0),
                            b.signatures().components().get(0))
                    .orElseThrow());
        }
        for (double alpha : new double[] {0.01, 0.05, 0.1}) {
            double share = places.stream().filter(place -> place >= 1 - alpha).count() / (double) trials;
            double error = Math.sqrt(alpha * (1 - alpha) / trials);
            // a null of 90 pairs is itself a sample: what is one of 91 alike is at its top once in 91
            assertThat(share).as("at %s", alpha).isBetween(alpha / 2, alpha + 2 * error + 1.0 / 91);
        }
        assertThat(places.stream().mapToDouble(place -> place).average().orElseThrow())
                .isCloseTo(0.5, within(3 * Math.sqrt(1 / 12.0 / trials)));
    }

    @Test
    void theNullIsTheSameFromBothSides() {
        Side a = side(3, 4, Rng.of(4));
        Side b = side(2, 4, Rng.of(5));
        Calibration there = Calibration.of(a, b, Rng.of(6));
        Calibration back = Calibration.of(b, a, Rng.of(6));
        for (SignatureChannel channel : there.channels()) {
            for (Signature u : a.signatures().components()) {
                for (Signature v : b.signatures().components()) {
                    // sums of the same products in another order
                    assertThat(there.percentile(channel, u, v).orElseThrow())
                            .isCloseTo(back.percentile(channel, v, u).orElseThrow(), within(1e-9));
                }
            }
        }
    }

    @Test
    void aHeadIsNoMlpAndATooSmallNullIsRefused() {
        Side a = side(3, 4, Rng.of(4));
        Side b = side(2, 4, Rng.of(5));
        Calibration calibration = Calibration.of(a, b, Rng.of(6));
        Signature head = a.signatures().components().get(0);
        Signature mlp = signature(new Unit.Mlp(0), gaussians(PROMPTS, 3, Rng.of(7)), Rng.of(7));
        assertThat(calibration.percentile(SignatureChannel.EFFECT, head, mlp)).isEmpty();
        assertThatThrownBy(() -> Calibration.of(side(1, 1, Rng.of(8)), side(1, 1, Rng.of(9)), Rng.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more twins");
        assertThatThrownBy(() -> new Side(a.signatures(), List.of(), Optional.empty()))
                .hasMessageContaining("no twins");
        assertThatThrownBy(() -> a.only(Set.of())).hasMessageContaining("without components");
        assertThatThrownBy(() -> a.on(new int[] {0, 1, 2, 2, 3})).hasMessageContaining("twice");
        assertThatThrownBy(() -> a.on(new int[] {0, 1, 2})).hasMessageContaining("3 prompts");
        assertThatThrownBy(() -> new Between(Rng.of(1)).compare(a, b.on(new int[] {0, 1, 2, 3, 4})))
                .hasMessageContaining("12 and 5 prompts");
        assertThatThrownBy(() -> new Between(Set.of(SignatureChannel.SCORES), Rng.of(1)).compare(a, b))
                .hasMessageContaining("[scores]");
    }

    /** Components of random effects and outputs, and twins of the same kind. */
    private static Side side(int heads, int twins, Rng rng) {
        return new Side(
                signatures(heads, rng.split("model")),
                IntStream.range(0, twins)
                        .mapToObj(i -> signatures(heads, rng.split("twin " + i)))
                        .toList(),
                Optional.empty());
    }

    private static Signatures signatures(int heads, Rng rng) {
        return new Signatures(
                IntStream.range(0, heads)
                        .mapToObj(i -> reading(new Unit.Head(0, i), gaussians(PROMPTS, 3, rng), rng))
                        .toList(),
                PROMPTS);
    }

    private static Signature signature(int head, double[][] outputs, Rng rng) {
        return signature(new Unit.Head(0, head), outputs, rng);
    }

    private static Signature signature(Unit unit, double[][] outputs, Rng rng) {
        return reading(unit, outputs, rng).on(IntStream.range(0, PROMPTS).toArray());
    }

    private static ComponentReading reading(Unit unit, double[][] outputs, Rng rng) {
        double[] effect = gaussians(1, PROMPTS, rng)[0];
        return new ComponentReading(unit, 0, new double[0][], Map.of(), effect, new double[0], gram(outputs), 1);
    }

    private static double[][] gaussians(int rows, int columns, Rng rng) {
        double[][] m = new double[rows][columns];
        for (double[] row : m) {
            Arrays.setAll(row, i -> rng.nextGaussian());
        }
        return m;
    }

    private static double[][] gram(double[][] rows) {
        return Arrays.stream(rows)
                .map(a ->
                        Arrays.stream(rows).mapToDouble(b -> Vectors.dot(a, b)).toArray())
                .toArray(double[][]::new);
    }

    /** Song et al. 2012, equation 5, up to 1/(n(n − 3)): tr(KL) + ΣK ΣL / (n − 1)(n − 2) − 2/(n − 2) 1ᵀKL1, diagonals 0. */
    private static double hsic(double[][] k, double[][] l) {
        int n = k.length;
        double trace = 0;
        double sumK = 0;
        double sumL = 0;
        double through = 0;
        for (int i = 0; i < n; i++) {
            double rowK = 0;
            double rowL = 0;
            for (int j = 0; j < n; j++) {
                if (i != j) {
                    trace += k[i][j] * l[i][j];
                    rowK += k[i][j];
                    rowL += l[i][j];
                }
            }
            sumK += rowK;
            sumL += rowL;
            through += rowK * rowL;
        }
        return trace + sumK * sumL / ((n - 1.0) * (n - 2)) - 2 * through / (n - 2);
    }
}
