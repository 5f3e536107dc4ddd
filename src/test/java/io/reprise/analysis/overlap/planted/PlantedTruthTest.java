package io.reprise.analysis.overlap.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.overlap.between.Between;
import io.reprise.analysis.overlap.between.SignatureChannel;
import io.reprise.analysis.overlap.between.SignatureReader;
import io.reprise.analysis.overlap.between.Signatures;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Models of which it is known whether they do the same thing, since their weights were set by hand. Constants of the measure were
 * chosen on {@link Algorithm#LAST_TWO} and {@link Algorithm#EARLY_STEP} (seeds below 1000) and are frozen; what is asserted here is
 * about other algorithms and other seeds.
 */
class PlantedTruthTest {
    private static final Backend BACKEND = new CpuBackend(1);
    private static final PairSet THREE = Sequences.all(3);
    private static final PairSet FOUR = Sequences.all(4);

    private static final List<Algorithm> ALL = List.of(
            Algorithm.LAST_TWO,
            Algorithm.FIRST_TWO,
            Algorithm.ENDS,
            Algorithm.EARLY_STEP,
            Algorithm.LATE_STEP,
            Algorithm.WIDE_STEP);
    private static final List<Algorithm> HELD_OUT =
            List.of(Algorithm.FIRST_TWO, Algorithm.ENDS, Algorithm.LATE_STEP, Algorithm.WIDE_STEP);

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @Test
    void allAlgorithmsGiveTheSameLogitsOnEveryProbe() {
        double[][] expected = logits(PlantedModel.of(Algorithm.LAST_TWO, 3, Nuisance.plain(0)));
        for (int i = 0; i < expected.length; i++) {
            PromptPair pair = THREE.pairs().get(i);
            // the answer's logit is what the table gives, all others 0, up to e⁻²⁰ of attention elsewhere and float32
            for (int token = 0; token < Sequences.VOCABULARY; token++) {
                assertThat(expected[i][token]).isCloseTo(token == pair.answer() ? PlantedModel.LOGIT : 0, within(1e-4));
            }
        }
        for (Algorithm algorithm : ALL) {
            double[][] logits = logits(PlantedModel.of(
                    algorithm, 3, Nuisance.plain(algorithm.name().length())));
            for (int i = 0; i < logits.length; i++) {
                // two models, each within 1e-4 of the table
                assertThat(logits[i]).as(algorithm.name()).containsExactly(expected[i], within(2e-4));
            }
        }
    }

    @Test
    void nuisancesLeaveEveryAnswerRight() {
        for (Algorithm algorithm : ALL) {
            for (int i = 0; i < 2; i++) {
                double[][] logits = logits(PlantedModel.of(algorithm, 3, Nuisance.random(i, 5000 + i)));
                for (int prompt = 0; prompt < logits.length; prompt++) {
                    double[] row = logits[prompt];
                    assertThat(row[THREE.pairs().get(prompt).answer()])
                            .isEqualTo(Arrays.stream(row).max().orElseThrow());
                }
            }
        }
    }

    @Test
    void theComponentsThatWereSetAreTheOnesThatMatter() {
        for (Algorithm algorithm : ALL) {
            PlantedModel planted = PlantedModel.of(algorithm, 3, Nuisance.random(1, 6000));
            List<Unit> important = signatures(planted).components().stream()
                    // planted ones take away more than half of the logit; distractors only what noise makes of them
                    .filter(component -> component.importance() > PlantedModel.LOGIT / 2)
                    .map(component -> component.unit())
                    .toList();
            assertThat(important).containsExactlyInAnyOrderElementsOf(planted.planted());
        }
    }

    @Test
    void sameIsToldFromDifferentOnAlgorithmsThatNothingWasTunedOn() {
        List<Specimen> specimens = specimens(HELD_OUT, THREE, 3);
        double all = auroc(specimens, Set.of(SignatureChannel.values()));
        double pattern = auroc(specimens, Set.of(SignatureChannel.PATTERN));
        double output = auroc(specimens, Set.of(SignatureChannel.OUTPUT));
        assertThat(all)
                .as("all channels; pattern alone %s, output alone %s", pattern, output)
                .isGreaterThanOrEqualTo(0.95);
        assertThat(pattern).isGreaterThanOrEqualTo(0.95);
        assertThat(output).isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void sameIsToldFromDifferentOnProbesOfAnotherLength() {
        List<Algorithm> others = List.of(
                Algorithm.one("x1 x4", 0, 3),
                Algorithm.one("x2 x3", 1, 2),
                Algorithm.two("x2 x4, x1", 1, 3, 0),
                Algorithm.two("x1 x3, x4", 0, 2, 3));
        assertThat(auroc(specimens(others, FOUR, 2), Set.of(SignatureChannel.values())))
                .isGreaterThanOrEqualTo(0.95);
    }

    /** Otherwise the test above would be won by looking at answers. */
    @Test
    void theOutputsAloneDoNotTell() {
        List<String> algorithms = new ArrayList<>();
        List<double[]> outputs = new ArrayList<>();
        for (Algorithm algorithm : HELD_OUT) {
            for (int i = 0; i < 3; i++) {
                algorithms.add(algorithm.name());
                double[][] logits = logits(PlantedModel.of(algorithm, 3, nuisance(algorithm, i)));
                outputs.add(
                        Arrays.stream(logits).flatMapToDouble(Arrays::stream).toArray());
            }
        }
        double auroc = Auroc.of(algorithms, (a, b) -> {
            double sum = 0;
            for (int i = 0; i < outputs.get(a).length; i++) {
                sum += Math.abs(outputs.get(a)[i] - outputs.get(b)[i]);
            }
            return sum;
        });
        assertThat(auroc).isLessThan(0.8);
    }

    private static List<Specimen> specimens(List<Algorithm> algorithms, PairSet pairs, int each) {
        List<Specimen> specimens = new ArrayList<>();
        int length = pairs.groups().get(0).length();
        for (Algorithm algorithm : algorithms) {
            for (int i = 0; i < each; i++) {
                PlantedModel planted = PlantedModel.of(algorithm, length, nuisance(algorithm, i));
                specimens.add(Specimen.of(BACKEND, pairs, planted, algorithm.name()));
            }
        }
        return specimens;
    }

    private static Nuisance nuisance(Algorithm algorithm, int i) {
        return Nuisance.random(i % 2, 7000 + 10L * algorithm.name().hashCode() + i);
    }

    private static double auroc(List<Specimen> specimens, Set<SignatureChannel> channels) {
        Between between = new Between(channels, Rng.of(3));
        return Auroc.of(specimens.stream().map(Specimen::algorithm).toList(), (i, j) -> between.compare(
                        specimens.get(i).side(), specimens.get(j).side())
                .distance());
    }

    private static Signatures signatures(PlantedModel planted) {
        try (Scope scope = BACKEND.scope()) {
            Transformer model = planted.on(BACKEND);
            return SignatureReader.read(model, Specimen.task(model, THREE), Specimen.tokens(), Map.of());
        }
    }

    private static double[][] logits(PlantedModel planted) {
        try (Scope scope = BACKEND.scope()) {
            return Specimen.task(planted.on(BACKEND), THREE)
                    .logits(Universe.nodes(planted.shape()).all());
        }
    }
}
