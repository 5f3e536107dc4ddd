package io.reprise.analysis.overlap.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trained toys: three seeds of one layer of two heads, and one of two layers of three narrower heads. */
class ChannelsTest {
    private static final PairSet PROMPTS = Successors.prompts("successor", 1, 2, 3);
    private static final int RESAMPLES = 200;

    @TempDir
    static Path directory;

    private static Backend backend;
    private static Scope scope;
    private static List<Transformer> seeds;
    private static Transformer deeper;
    private static List<Transformer> twins;
    private static List<Transformer> deeperTwins;

    @BeforeAll
    static void train() throws IOException {
        backend = new CpuBackend(1);
        scope = backend.scope();
        seeds = new ArrayList<>();
        for (long seed = 1; seed <= 3; seed++) {
            seeds.add(Successors.trained(backend, Successors.shape(1, 32, 2), seed, directory("seed-" + seed)));
        }
        deeper = Successors.trained(backend, Successors.shape(2, 24, 3), 9, directory("deeper"));
        twins = twins(seeds.get(0));
        deeperTwins = twins(deeper);
    }

    private static List<Transformer> twins(Transformer of) {
        return List.of(RandomTwin.of(of, Rng.of(21)), RandomTwin.of(of, Rng.of(22)), RandomTwin.of(of, Rng.of(23)));
    }

    private static Path directory(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    @AfterAll
    static void close() {
        scope.close();
        backend.close();
    }

    @Test
    void trainedModelsTakeTheSameWayThroughTheLensWhateverTheirShapeAndUntrainedOnesDoNot() {
        List<LensProfile> of = profiles(seeds);
        LensProfile other = profile(deeper);
        for (ChannelComparison figure : lens(of.get(0), other, of)) {
            assertThat(figure.value()).isLessThan(figure.nullValue());
            assertThat(figure.interval().orElseThrow().low()).as(figure.name()).isGreaterThan(0.5);
        }
        // twins of the first would be compared with it here, and those are alike in that they know nothing
        LensProfile untrained = profile(RandomTwin.of(deeper, Rng.of(31)));
        for (ChannelComparison figure : lens(pairings(of.get(0), untrained, List.of(), profiles(deeperTwins), of))) {
            assertThat(figure.interval().orElseThrow().high()).as(figure.name()).isLessThan(0.5);
        }
    }

    @Test
    void aModelIsAtNoDistanceFromItself() {
        List<LensProfile> of = profiles(seeds);
        for (ChannelComparison figure : lens(of.get(0), of.get(0), of)) {
            assertThat(figure.value()).isZero();
            assertThat(figure.calibrated().orElseThrow()).isGreaterThan(1);
        }
        for (LensDistance distance : LensDistance.values()) {
            assertThat(distance.of(of.get(0), of.get(1))).containsExactly(distance.of(of.get(1), of.get(0)));
        }
    }

    @Test
    void withoutSeedsThereIsNoCeilingAndWithoutTwinsNothingAtAll() {
        LensProfile a = profile(seeds.get(0));
        ChannelComparison figure = lens(pairings(a, profile(deeper), profiles(twins), List.of(), List.of(a)))
                .get(0);
        assertThat(figure.ceiling()).isEmpty();
        assertThat(figure.calibrated()).isEmpty();
        assertThat(figure.problem().orElseThrow()).contains("no ceiling");
        assertThatThrownBy(() -> pairings(a, a, List.of(), List.of(), List.of(a, a)))
                .hasMessageContaining("random-weights twins");
    }

    @Test
    void theRelationsOperatorIsSharedBySeedsAndShapesBeyondRandomWeights() {
        List<TaskOperator> of = operators(seeds);
        ChannelComparison cosine = new OperatorComparison(resamples(PROMPTS), 4, Rng.of(1))
                .of(pairings(of.get(0), operator(deeper), operators(twins), operators(deeperTwins), of))
                .get(0);
        assertThat(cosine.name()).contains("cosine");
        // 12·12 centred entries: a cosine of unrelated ones has a standard deviation of about 1/11
        assertThat(cosine.nulls().get("random weights")).isCloseTo(0, within(0.15));
        assertThat(cosine.interval().orElseThrow().low()).isGreaterThan(0.5);
    }

    @Test
    void anotherRelationIsANullOfItsOwnAndTheStricterOneCounts() {
        PairSet one = Successors.prompts("plus one", 1);
        PairSet three = Successors.prompts("plus three", 3);
        TaskOperator a = TaskOperator.of(seeds.get(0), one, Successors.TOKENS, Optional.of("x2"));
        TaskOperator b = TaskOperator.of(deeper, one, Successors.TOKENS, Optional.of("x2"));
        TaskOperator twin = TaskOperator.of(twins.get(0), one, Successors.TOKENS, Optional.of("x2"));
        TaskOperator other = TaskOperator.of(deeper, three, Successors.TOKENS, Optional.of("x2"));
        ChannelComparison cosine = new OperatorComparison(resamples(one), 4, Rng.of(1))
                .of(new Pairings<>(
                        List.of(new Pairings.Pair<>(a, b)),
                        Map.of(
                                "random weights", List.of(new Pairings.Pair<>(twin, b)),
                                "another relation", List.of(new Pairings.Pair<>(a, other))),
                        List.of(new Pairings.Pair<>(a, b))))
                .get(0);
        assertThat(cosine.nulls()).containsOnlyKeys("random weights", "another relation");
        assertThat(cosine.nullValue())
                .isEqualTo(Math.max(
                        cosine.nulls().get("random weights"), cosine.nulls().get("another relation")));
        // between two steps of one model family there is much in common, and it is not called chance
        assertThat(cosine.nulls().get("another relation"))
                .isGreaterThan(cosine.nulls().get("random weights"));
    }

    @Test
    void aRoleOrAVocabularyThatDoesNotFitIsRefused() {
        assertThatThrownBy(() -> TaskOperator.of(deeper, PROMPTS, Successors.TOKENS, Optional.of("sep")))
                .hasMessageContainingAll("sep", "x1");
        assertThatThrownBy(() -> TaskOperator.of(deeper, PROMPTS, List.of(1, 2, 3), Optional.empty()))
                .hasMessageContaining("3 tokens");
    }

    private static List<ChannelComparison> lens(LensProfile a, LensProfile b, List<LensProfile> of) {
        return lens(pairings(a, b, profiles(twins), profiles(deeperTwins), of));
    }

    private static List<ChannelComparison> lens(Pairings<LensProfile> models) {
        return new LensComparison(resamples(PROMPTS), Rng.of(1)).of(models);
    }

    private static <T> Pairings<T> pairings(T a, T b, List<T> twinsOfA, List<T> twinsOfB, List<T> seeds) {
        List<Pairings.Pair<T>> nulls = new ArrayList<>(Pairings.across(List.of(a), twinsOfB));
        nulls.addAll(Pairings.across(twinsOfA, List.of(b)));
        return new Pairings<>(
                List.of(new Pairings.Pair<>(a, b)), Map.of("random weights", nulls), Pairings.within(seeds));
    }

    private static Resamples resamples(PairSet pairs) {
        return new Resamples(pairs.size(), RESAMPLES, Rng.of(7));
    }

    private static LensProfile profile(Transformer model) {
        return LensProfile.of(model, PROMPTS, Successors.TOKENS);
    }

    private static List<LensProfile> profiles(List<Transformer> models) {
        return models.stream().map(ChannelsTest::profile).toList();
    }

    private static TaskOperator operator(Transformer model) {
        return TaskOperator.of(model, PROMPTS, Successors.TOKENS, Optional.empty());
    }

    private static List<TaskOperator> operators(List<Transformer> models) {
        return models.stream().map(ChannelsTest::operator).toList();
    }
}
