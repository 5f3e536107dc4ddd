package io.reprise.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Causal attention and rotary positions. */
interface AttentionContract extends Contract {
    @Test
    default void attentionFollowsTheFormulaInOddSizesAndWindows() {
        AttentionSpec[] specs = {
            new AttentionSpec(1, 1, 1, 1, 1.0, 0),
            new AttentionSpec(1, 5, 1, 3, 1 / Math.sqrt(3), 0),
            new AttentionSpec(2, 3, 2, 4, 0.5, 0),
            new AttentionSpec(3, 4, 3, 2, 1.0, 2),
            new AttentionSpec(2, 7, 1, 5, 0.4, 3),
            new AttentionSpec(1, 4, 2, 3, 0.7, 1),
            new AttentionSpec(2, 2, 2, 2, 0.7, 9),
        };
        for (AttentionSpec spec : specs) {
            scoped(backend -> {
                double[] qkv = gaussian(random(spec.toString()), spec.rows() * 3 * spec.width());
                Attention attention = backend.attention(packed(qkv, spec), spec);
                check(spec.toString(), attention, qkv, p -> Reference.attention(p, spec));
                assertClose("pattern", numbers(attention.pattern()), Reference.pattern(qkv, spec));
                assertThat(attention.pattern().shape())
                        .isEqualTo(Shape.of(spec.batch(), spec.heads(), spec.length(), spec.length()));
                double[] scores = numbers(attention.scores());
                double[] expected = Reference.scores(qkv, spec);
                for (int i = 0; i < scores.length; i++) {
                    if (expected[i] == Double.NEGATIVE_INFINITY) {
                        assertThat(scores[i]).isEqualTo(Double.NEGATIVE_INFINITY);
                        scores[i] = 0;
                        expected[i] = 0;
                    }
                }
                assertClose("scores", scores, expected);
            });
        }
    }

    /** The derivative between some positions is the whole one's with zeros where nothing enters, read where it is asked for. */
    @Test
    default void theDerivativeBetweenPositionsIsThatPartOfTheWhole() {
        int[][] cases = { // length, window, in, out
            {7, 0, 2, 7, 2, 7},
            {7, 0, 2, 3, 2, 7},
            {7, 0, 2, 7, 6, 7},
            {7, 0, 0, 7, 0, 7},
            {7, 3, 1, 3, 3, 6},
            {7, 2, 0, 1, 5, 7},
            {7, 0, 5, 7, 0, 3},
            {1, 0, 0, 1, 0, 1},
            {140, 0, 30, 139, 100, 140},
            {300, 20, 270, 280, 260, 300},
            {300, 0, 270, 271, 299, 300},
        };
        for (int[] c : cases) {
            AttentionSpec spec = new AttentionSpec(2, c[0], 2, 3, 0.6, c[1]);
            Span in = new Span(c[2], c[3]);
            Span out = new Span(c[4], c[5]);
            scoped(backend -> {
                Rng rng = random("between" + spec + in + out);
                int w = spec.width();
                Attention whole = backend.attention(packed(gaussian(rng, spec.rows() * 3 * w), spec), spec);
                Derivative part = whole.between(in, out);
                int sequences = 3 * spec.batch(); // three copies
                double[] v = gaussian(rng, sequences * in.length() * 3 * w);
                double[] u = gaussian(rng, sequences * out.length() * w);
                double[] pushed = numbers(part.pushforward(tensor(v, sequences * in.length(), 3 * w)));
                double[] pulled = numbers(part.pullback(tensor(u, sequences * out.length(), w)));
                double[] allPushed = numbers(whole.pushforward(
                        tensor(spread(v, in, spec.length(), 3 * w), sequences * spec.length(), 3 * w)));
                double[] allPulled = numbers(whole.pullback(
                        tensor(spread(u, out, spec.length(), w), sequences * spec.length(), w), Gradients.NONE));
                assertClose("pushforward", pushed, gathered(allPushed, out, spec.length(), w));
                assertClose("pullback", pulled, gathered(allPulled, in, spec.length(), 3 * w));
            });
        }
        scoped(backend -> {
            AttentionSpec spec = new AttentionSpec(1, 3, 1, 2, 1, 0);
            Attention attention = backend.attention(packed(gaussian(random("few"), 18), spec), spec);
            Contract.assertRefuses("positions 1..3", () -> attention.between(new Span(1, 4), spec.all()));
            Contract.assertRefuses("length 3", () -> attention.between(spec.all(), new Span(3, 4)));
        });
    }

    private static double[] spread(double[] rows, Span span, int length, int width) {
        int sequences = rows.length / (span.length() * width);
        double[] all = new double[sequences * length * width];
        for (int i = 0; i < sequences; i++) {
            System.arraycopy(
                    rows, i * span.length() * width, all, (i * length + span.from()) * width, span.length() * width);
        }
        return all;
    }

    private static double[] gathered(double[] all, Span span, int length, int width) {
        int sequences = all.length / (length * width);
        double[] rows = new double[sequences * span.length() * width];
        for (int i = 0; i < sequences; i++) {
            System.arraycopy(
                    all, (i * length + span.from()) * width, rows, i * span.length() * width, span.length() * width);
        }
        return rows;
    }

    @Test
    default void patternRowsSumToOneAndAreZeroBeyondMaskAndWindow() {
        AttentionSpec spec = new AttentionSpec(2, 9, 3, 5, 0.6, 4);
        scoped(backend -> {
            double[] qkv = gaussian(random("pattern"), spec.rows() * 3 * spec.width());
            double[] pattern =
                    numbers(backend.attention(packed(qkv, spec), spec).pattern());
            for (int row = 0; row < pattern.length / 9; row++) {
                int query = row % 9;
                double sum = 0;
                for (int key = 0; key < 9; key++) {
                    double p = pattern[row * 9 + key];
                    assertThat(p > 0)
                            .as("query " + query + " sees key " + key)
                            .isEqualTo(key <= query && key > query - 4);
                    assertThat(p).isGreaterThanOrEqualTo(0);
                    sum += p;
                }
                assertThat(sum).isCloseTo(1, Contract.within(10 * valueTolerance()));
            }
        });
    }

    /** Hidden keys enter with weight 0, so not one bit of an earlier row may change. */
    @Test
    default void laterPositionsNeverChangeEarlierRows() {
        for (int window : new int[] {0, 3}) {
            AttentionSpec spec = new AttentionSpec(2, 6, 2, 3, 0.6, window);
            scoped(backend -> {
                Rng rng = random("causality");
                double[] qkv = gaussian(rng, spec.rows() * 3 * spec.width());
                double[] before =
                        numbers(backend.attention(packed(qkv, spec), spec).value());
                for (int cut = 1; cut < spec.length(); cut++) {
                    double[] changed = qkv.clone();
                    for (int b = 0; b < spec.batch(); b++) {
                        int from = (b * spec.length() + cut) * 3 * spec.width();
                        int to = (b + 1) * spec.length() * 3 * spec.width();
                        System.arraycopy(gaussian(rng, to - from), 0, changed, from, to - from);
                    }
                    double[] after = numbers(
                            backend.attention(packed(changed, spec), spec).value());
                    for (int b = 0; b < spec.batch(); b++) {
                        int from = b * spec.length() * spec.width();
                        int to = from + cut * spec.width();
                        assertThat(Arrays.copyOfRange(after, from, to)).isEqualTo(Arrays.copyOfRange(before, from, to));
                    }
                }
            });
        }
    }

    /** Adding one vector to every key adds one number to every score of a query. */
    @Test
    default void patternIgnoresAShiftOfAllKeys() {
        AttentionSpec spec = new AttentionSpec(2, 5, 2, 4, 0.5, 0);
        scoped(backend -> {
            Rng rng = random("shift");
            double[] qkv = gaussian(rng, spec.rows() * 3 * spec.width());
            double[] shift = gaussian(rng, spec.width());
            double[] shifted = qkv.clone();
            for (int row = 0; row < spec.rows(); row++) {
                for (int i = 0; i < spec.width(); i++) {
                    shifted[row * 3 * spec.width() + spec.width() + i] += shift[i];
                }
            }
            // shifted keys are rounded in float32, hence ten times the tolerance of values
            Contract.assertClose(
                    "pattern",
                    numbers(backend.attention(packed(shifted, spec), spec).pattern()),
                    numbers(backend.attention(packed(qkv, spec), spec).pattern()),
                    10 * valueTolerance());
        });
    }

    @Test
    default void attentionSurvivesLargeScores() {
        AttentionSpec spec = new AttentionSpec(1, 4, 1, 2, 1.0, 0);
        scoped(backend -> {
            double[] qkv = gaussian(random("large"), spec.rows() * 3 * spec.width());
            for (int row = 0; row < spec.rows(); row++) {
                for (int i = 0; i < 4; i++) {
                    qkv[row * 6 + i] *= 128;
                }
            }
            assertClose(
                    "z", numbers(backend.attention(packed(qkv, spec), spec).value()), Reference.attention(qkv, spec));
        });
    }

    @Test
    default void rotaryFollowsTheFormulaFromAnyFirstPosition() {
        AttentionSpec spec = new AttentionSpec(2, 5, 2, 6, 1.0, 0);
        for (int rotaryDim : new int[] {6, 4, 2, 0}) {
            for (int first : new int[] {0, 7}) {
                scoped(backend -> {
                    String what = "rotary " + rotaryDim + " from " + first;
                    double[] qkv = gaussian(random(what), spec.rows() * 3 * spec.width());
                    check(
                            what,
                            backend.rotary(packed(qkv, spec), spec, rotaryDim, 10000, first),
                            qkv,
                            p -> Reference.rotary(p, spec, rotaryDim, 10000, first));
                });
            }
        }
    }

    /** Su et al. 2021, equation 11: q·k depends on the distance of their positions only. */
    @Test
    default void rotatedScoresDependOnDistanceOnly() {
        AttentionSpec spec = new AttentionSpec(1, 6, 2, 4, 0.5, 0);
        scoped(backend -> {
            Tensor qkv = packed(gaussian(random("distance"), spec.rows() * 3 * spec.width()), spec);
            double[] here = numbers(
                    backend.attention(backend.rotary(qkv, spec, 4, 100, 0).value(), spec)
                            .pattern());
            double[] there = numbers(
                    backend.attention(backend.rotary(qkv, spec, 4, 100, 11).value(), spec)
                            .pattern());
            // two more roundings of every q and k than a plain pattern
            Contract.assertClose("pattern", there, here, 10 * valueTolerance());
        });
    }

    private Tensor packed(double[] qkv, AttentionSpec spec) {
        return tensor(qkv, spec.rows(), 3 * spec.width());
    }
}
