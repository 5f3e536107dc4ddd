package io.reprise.analysis.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.probe.ProbeResult.Measure;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.model.Parameters;
import io.reprise.model.Site;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeStudyTest {
    private static final Site LAST = Site.of(Site.Kind.RESID_POST, 1);

    @Test
    void theLastTokenIsFoundAndShuffledLabelsAreAtChance() {
        ProbeResult result = study(2, Site.of(Site.Kind.EMBED), new Pool.Last(), Toys.data(600, 5));
        Measure accuracy = result.measure(ProbeResult.ACCURACY).orElseThrow();
        Measure shuffled = result.measure(ProbeResult.SHUFFLED).orElseThrow();
        Measure majority = result.measure(ProbeResult.MAJORITY).orElseThrow();
        // the embedding tells its token: a classifier has no excuse
        assertThat(accuracy.accuracy()).isGreaterThan(0.95);
        // 5 of 11 tokens are high: guessing gets between 50 % and the share of the larger class
        assertThat(shuffled.low()).isLessThan(majority.accuracy());
        assertThat(shuffled.high()).isGreaterThan(0.5);
        assertThat(shuffled.accuracy()).isBetween(0.4, 0.62);
        assertThat(majority.low()).isLessThan(6.0 / 11);
        assertThat(majority.high()).isGreaterThan(6.0 / 11);
        assertThat(result.differences().get(0).kind()).isEqualTo(ProbeResult.SELECTIVITY);
        assertThat(result.differences().get(0).mean()).isGreaterThan(0.35);
        // with two seeds Student's t is 12.7 times the standard error: wide, and still above nothing
        assertThat(result.differences().get(0).low()).isGreaterThan(0);
        assertThat(result.metrics())
                .containsKeys(
                        "probe/p/accuracy",
                        "probe/p/shuffled_accuracy",
                        "probe/p/majority",
                        "probe/p/random_model_accuracy",
                        "probe/p/selectivity",
                        "probe/p/over_random_model");
    }

    @Test
    void labelsThatNothingTellsAreAtChanceWithEveryMeasure() {
        List<LabelledExample> noise = new ArrayList<>();
        List<LabelledExample> sequences = Toys.sequences(600, 5);
        for (int i = 0; i < sequences.size(); i++) {
            // by a hash of the content, so that equal sequences have equal labels
            int hash = Arrays.hashCode(sequences.get(i).tokens()) * 0x9E3779B9;
            noise.add(new LabelledExample(sequences.get(i).tokens(), hash < 0 ? "a" : "b", "", "line " + i));
        }
        ProbeResult result = study(2, new Pool.Mean(), ProbeData.split(noise, ProbeData.Shares.defaults(), 3));
        for (Measure measure : result.measures()) {
            // about 170 test examples: three standard deviations are 0.115
            assertThat(measure.accuracy()).as(measure.kind()).isBetween(0.385, 0.615);
        }
    }

    @Test
    void theSameSeedGivesTheSameResultAndPredictions() {
        ProbeData data = Toys.data(200, 5);
        assertThat(study(1, new Pool.Mean(), data)).isEqualTo(study(2, new Pool.Mean(), data));
    }

    @Test
    void theConfusionAddsUpToTheTestExamplesOfAllSeeds() {
        ProbeResult result = study(1, new Pool.Mean(), Toys.data(200, 5));
        int sum = result.confusion().stream()
                .flatMap(List::stream)
                .mapToInt(Integer::intValue)
                .sum();
        Measure accuracy = result.measure(ProbeResult.ACCURACY).orElseThrow();
        assertThat((long) sum).isEqualTo(accuracy.total()).isEqualTo(2L * result.size(Part.TEST));
        assertThat(result.confusion().get(0).get(0) + result.confusion().get(1).get(1))
                .isEqualTo((int) accuracy.correct());
    }

    @Test
    void whatTheModelCannotReadIsRefusedNamingTheExample() {
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = Toys.parameters(backend, 2)) {
            Transformer model = new Transformer(backend, Toys.CONFIG, parameters);
            Features features = new Features(model, List.of(LAST), new Pool.Last());
            assertThatThrownBy(() -> features.of(List.of(new LabelledExample(new int[7], "a", "", "x.jsonl, line 3"))))
                    .hasMessage("x.jsonl, line 3 has 7 tokens; this model sees at most n_ctx = 6. Shorten it");
            assertThatThrownBy(() -> features.of(List.of(new LabelledExample(new int[] {11}, "a", "", "line 3"))))
                    .hasMessageContaining("line 3: token id 11 is outside this model's vocabulary of 0..10");
            assertThatThrownBy(() -> new Features(model, List.of(Site.of(Site.Kind.PATTERN, 0)), new Pool.Last()))
                    .hasMessageContaining("no vector per position");
            assertThatThrownBy(() -> new Features(model, List.of(LAST), new Pool.Position(4))
                            .of(List.of(new LabelledExample(new int[3], "a", "", "line 3"))))
                    .hasMessageContaining("line 3: pool position 4 is outside a sequence of 3 tokens");
        }
    }

    private static ProbeResult study(int threads, Pool pool, ProbeData data) {
        return study(threads, LAST, pool, data);
    }

    private static ProbeResult study(int threads, Site site, Pool pool, ProbeData data) {
        try (Backend backend = new CpuBackend(threads);
                Parameters parameters = Toys.parameters(backend, 2)) {
            ProbeSpec spec = new ProbeSpec(
                    List.of(site.name()),
                    pool,
                    new HeadSpec(16, 80, 64, 1e-2, 1e-3, 10, 3),
                    ProbeData.Shares.defaults(),
                    2,
                    2);
            return new ProbeStudy(spec, what -> {})
                    .run(
                            new Transformer(backend, Toys.CONFIG, parameters),
                            List.of(site),
                            0.4,
                            data,
                            new ProbeStudy.Words("p", "whether it is high", "toy"),
                            1)
                    .result();
        }
    }
}
