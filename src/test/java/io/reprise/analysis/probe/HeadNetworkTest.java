package io.reprise.analysis.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.tensor.Rng;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

/** DL4J's arithmetic against our own, in float64. */
class HeadNetworkTest {
    private static final int ROWS = 13;
    private static final int IN = 5;
    private static final int CLASSES = 3;

    private final Rng rng = Rng.of(3);
    private final Matrix features = random(ROWS, IN);
    private final int[] labels = labels();

    @ParameterizedTest
    @ValueSource(ints = {0, 7})
    void gradientsOfTheWeightsAreTheCentralDifferencesOfTheLoss(int hidden) {
        DenseHead head = DenseHead.initialise(IN, hidden, CLASSES, rng.split("head"));
        try (HeadNetwork network = new HeadNetwork(head, 1e-2, 0.5)) {
            DenseHead gradient = network.gradients(features, labels).head();
            for (int w = 0; w < head.count(); w++) {
                for (int i = 0; i < head.weight(w).length; i++) {
                    float before = head.weight(w)[i];
                    head.weight(w)[i] = before + 0x1p-12f;
                    double up = head.loss(features, labels);
                    double high = head.weight(w)[i];
                    head.weight(w)[i] = before - 0x1p-12f;
                    double down = head.loss(features, labels);
                    double low = head.weight(w)[i];
                    head.weight(w)[i] = before;
                    // h² · third derivative is about 1e-8; the gradient is handed out as float32
                    assertThat((double) gradient.weight(w)[i]).isCloseTo((up - down) / (high - low), within(2e-7));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7})
    void gradientsOfTheInputAreTheCentralDifferencesOfTheLoss(int hidden) {
        DenseHead head = DenseHead.initialise(IN, hidden, CLASSES, rng.split("head"));
        try (HeadNetwork network = new HeadNetwork(head, 1e-2, 0.5)) {
            Matrix gradient = network.gradients(features, labels).input();
            double h = 1e-5;
            for (int i = 0; i < features.data().length; i++) {
                double before = features.data()[i];
                features.data()[i] = before + h;
                double up = head.loss(features, labels);
                features.data()[i] = before - h;
                double down = head.loss(features, labels);
                features.data()[i] = before;
                // rounding of the loss (1e-16) over 2h, and h²
                assertThat(gradient.data()[i]).isCloseTo((up - down) / (2 * h), within(1e-9));
            }
        }
    }

    @Test
    void aStepIsAdamsOnTheMeanLossWithL2OnTheMatricesOnly() {
        double lr = 0.01;
        double l2 = 0.3;
        DenseHead head = DenseHead.initialise(IN, 7, CLASSES, rng.split("head"));
        double[][] expected = new double[4][];
        try (HeadNetwork network = new HeadNetwork(head, lr, l2)) {
            DenseHead gradient = network.gradients(features, labels).head();
            for (int w = 0; w < 4; w++) {
                expected[w] = new double[head.weight(w).length];
                for (int i = 0; i < expected[w].length; i++) {
                    double g = gradient.weight(w)[i] + (w % 2 == 0 ? l2 * head.weight(w)[i] : 0);
                    // Kingma and Ba 2015, algorithm 1, first step: both moments, corrected, are the gradient's
                    // DL4J adds ε before the correction, as the paper's section 2 allows: it counts as ε/√(1-β2)
                    expected[w][i] = head.weight(w)[i] - lr * g / (Math.abs(g) + 1e-8 / Math.sqrt(1 - 0.999));
                }
            }
            network.step(features, labels);
            for (int w = 0; w < 4; w++) {
                for (int i = 0; i < expected[w].length; i++) {
                    // float32 weights below 1, and a float32 gradient: 6e-8 each
                    assertThat((double) network.head().weight(w)[i])
                            .as("weight %d element %d", w, i)
                            .isCloseTo(expected[w][i], within(2e-7));
                }
            }
        }
    }

    @Test
    void twoFitsWithOneSeedGiveTheSameBitsAndAnotherSeedOthers() {
        HeadSpec spec = new HeadSpec(16, 40, 5, 1e-2, 1e-3, 10, 100);
        DenseHead first = fit(spec, 1);
        DenseHead again = fit(spec, 1);
        DenseHead other = fit(spec, 2);
        for (int w = 0; w < first.count(); w++) {
            assertThat(again.weight(w)).isEqualTo(first.weight(w));
        }
        assertThat(other.weight(0)).isNotEqualTo(first.weight(0));
    }

    @Test
    void leavesNoGlobalStateChangedAndPrintsNothing() {
        org.nd4j.linalg.api.rng.Random global = Nd4j.getRandom();
        global.setSeed(1234);
        double[] expected = Nd4j.rand(8).toDoubleVector();
        global.setSeed(1234);
        String type = Nd4j.dataType().name();
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream sink = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(sink);
        System.setErr(sink);
        try {
            fit(new HeadSpec(16, 5, 5, 1e-2, 1e-3, 10, 100), 1);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(Nd4j.dataType().name()).isEqualTo(type);
        assertThat(Nd4j.rand(8).toDoubleVector()).isEqualTo(expected);
    }

    @Test
    void aSaturatedFitReachesTheClassFrequenciesInClosedForm() {
        // one binary feature: the maximum likelihood is each value's own class frequencies
        int[][] counts = {{10, 30}, {45, 15}};
        double[] x = new double[100];
        int[] y = new int[100];
        int at = 0;
        for (int value = 0; value < 2; value++) {
            for (int label = 0; label < 2; label++) {
                for (int n = 0; n < counts[value][label]; n++) {
                    x[at] = value;
                    y[at++] = label;
                }
            }
        }
        Matrix inputs = new Matrix(100, 1, x);
        HeadSpec spec = new HeadSpec(0, 1500, 100, 0.05, 0, 1, 1500);
        DenseHead head =
                new FitHead(spec).fit(inputs, y, inputs, y, 2, Rng.of(5)).head();
        Matrix logits = head.logits(new Matrix(2, 1, new double[] {0, 1}));
        // Adam at a fixed rate stands still to about 1e-6 here; log odds are about 1.1
        assertThat(logits.at(0, 1) - logits.at(0, 0)).isCloseTo(Math.log(30.0 / 10), within(1e-4));
        assertThat(logits.at(1, 1) - logits.at(1, 0)).isCloseTo(Math.log(15.0 / 45), within(1e-4));
    }

    @Test
    void dl4jAndOurForwardPassAgreeOnTheLoss() {
        DenseHead head = DenseHead.initialise(IN, 7, CLASSES, rng.split("head"));
        double byHand = 0;
        for (int row = 0; row < ROWS; row++) {
            Matrix logits = head.logits(features);
            double sum = 0;
            for (int c = 0; c < CLASSES; c++) {
                sum += Math.exp(logits.at(row, c));
            }
            byHand -= Math.log(Math.exp(logits.at(row, labels[row])) / sum) / ROWS;
        }
        assertThat(head.loss(features, labels)).isCloseTo(byHand, within(1e-14));
        try (HeadNetwork network = new HeadNetwork(head, 1e-2, 0)) {
            assertThat(network.loss(features, labels)).isCloseTo(byHand, within(1e-14));
        }
    }

    private DenseHead fit(HeadSpec spec, long seed) {
        return new FitHead(spec)
                .fit(features, labels, features, labels, CLASSES, Rng.of(seed))
                .head();
    }

    private Matrix random(int rows, int columns) {
        Rng own = rng.split("features");
        double[] data = new double[rows * columns];
        Arrays.setAll(data, i -> own.nextGaussian());
        return new Matrix(rows, columns, data);
    }

    private int[] labels() {
        Rng own = rng.split("labels");
        int[] labels = new int[ROWS];
        Arrays.setAll(labels, i -> own.nextInt(CLASSES));
        return labels;
    }
}
