package io.reprise.analysis.circuit.roles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.circuit.Unit;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ScoreHeadsTest {
    private static final List<Integer> TOKENS =
            IntStream.range(0, HandSetModel.VOCABULARY).boxed().toList();
    private static final RepeatedBlocks BLOCKS = new RepeatedBlocks(TOKENS, 4, 16);
    private static final HeadScorer REPEATED = new RepeatedTokenScores(BLOCKS, Rng.of(1));
    private static final HeadScorer SERIES = new SeriesScores(List.of(List.of(0, 1, 2, 3, 4, 5, 0)), TOKENS, 1);

    private static Backend backend;

    @BeforeAll
    static void open() {
        backend = new CpuBackend(1);
    }

    @AfterAll
    static void close() {
        backend.close();
    }

    @Test
    void previousTokenAndInductionHeadsAreFoundInAHandBuiltModel() {
        HeadScores scores = scores(
                new HandSetModel(2).previousToken(0, 0).duplicateToken(1, 0).induction(1, 1), REPEATED);
        assertThat(score(scores, HeadRole.PREVIOUS_TOKEN, 0, 0)).isCloseTo(1, within(1e-5));
        // Position 0 has no token before it and takes its own: the first query of the second block sees two matches.
        assertThat(score(scores, HeadRole.INDUCTION, 1, 1)).isCloseTo(3.5 / 4, within(1e-5));
        // It attends to itself as much.
        assertThat(score(scores, HeadRole.DUPLICATE_TOKEN, 1, 0)).isCloseTo(0.5, within(1e-5));
        assertThat(scores.roles())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        new Unit.Head(0, 0), HeadRole.PREVIOUS_TOKEN,
                        new Unit.Head(1, 0), HeadRole.DUPLICATE_TOKEN,
                        new Unit.Head(1, 1), HeadRole.INDUCTION));
        assertThat(scores.largest())
                .allSatisfy(largest -> assertThat(largest.p()).as("%s", largest).isEqualTo(1.0 / 101));
    }

    @Test
    void successorAndCopyAreReadFromTheOutputMatrix() {
        HeadScores scores = scores(new HandSetModel(1).predicts(0, 0, 1).predicts(0, 1, 0), SERIES);
        assertThat(score(scores, HeadRole.SUCCESSOR, 0, 0)).isEqualTo(1);
        assertThat(score(scores, HeadRole.COPY, 0, 0)).isZero();
        assertThat(score(scores, HeadRole.COPY, 0, 1)).isEqualTo(1);
        assertThat(score(scores, HeadRole.COPY_EIGENVALUE, 0, 1)).isCloseTo(1, within(1e-9));
        // A shift of all six tokens has the sixth roots of 1 as eigenvalues, which sum to 0.
        assertThat(score(scores, HeadRole.COPY_EIGENVALUE, 0, 0)).isCloseTo(0, within(1e-6));
        assertThat(scores.roles())
                .isEqualTo(Map.of(
                        new Unit.Head(0, 0), HeadRole.SUCCESSOR,
                        new Unit.Head(0, 1), HeadRole.COPY));
    }

    @Test
    void aHeadAboveBlockZeroReadsWhatBlockZeroMadeOfTheMember() {
        HeadScores scores = scores(new HandSetModel(2).predicts(1, 1, 1), SERIES);
        assertThat(scores.roles()).isEqualTo(Map.of(new Unit.Head(1, 1), HeadRole.SUCCESSOR));
        assertThat(score(scores, HeadRole.COPY, 0, 0))
                .as("a head that writes nothing ties all candidates, which is no hit")
                .isZero();
    }

    @Test
    void attentionToMembersIsScoredByTheRolesOfPositions() {
        // The last position's token is that of no member but of the separators.
        PairSet pairs = new PairSet(
                "hand",
                List.of(new PairSet.Group(
                        List.of("x1", "sep", "x2", "sep"),
                        List.of(
                                new PromptPair(List.of(1, 0, 2, 0), List.of(1, 0, 3, 0), 3, 4),
                                new PromptPair(List.of(2, 0, 3, 0), List.of(2, 0, 4, 0), 4, 5)))));
        assertThat(MemberScores.memberRoles(pairs)).containsExactlyInAnyOrder("x1", "x2");
        HeadScorer members = new MemberScores(pairs, Set.of("x1", "x2"));
        // Previous token: all of the last position's attention is on x2, all of x2's on sep.
        HeadScores scores = scores(new HandSetModel(1).previousToken(0, 0), members);
        assertThat(score(scores, HeadRole.SEQUENCE_DETECTION, 0, 0)).isCloseTo(1, within(1e-5));
        assertThat(score(scores, HeadRole.MEMBER_DETECTION, 0, 0)).isCloseTo(0, within(1e-5));
        // A head without weights attends evenly: two members of four positions; one earlier member of three.
        assertThat(score(scores, HeadRole.SEQUENCE_DETECTION, 0, 1)).isCloseTo(0.5, within(1e-6));
        assertThat(score(scores, HeadRole.MEMBER_DETECTION, 0, 1)).isCloseTo(1.0 / 3, within(1e-6));
        assertThatThrownBy(() -> new MemberScores(pairs, Set.of("x1")))
                .hasMessageContaining("fewer than two are members");
    }

    @Test
    void randomWeightsReachTheLevelNoMoreOftenThanStated() {
        ModelConfig config = ModelConfig.toy(
                1,
                8,
                2,
                4,
                0,
                HandSetModel.VOCABULARY,
                8,
                Activation.NONE,
                ModelConfig.Normalization.LAYER_NORM,
                ModelConfig.Positions.LEARNED,
                false);
        double std = 0.8 / Math.sqrt(8);
        ScoreHeads study = new ScoreHeads(
                List.of(new RepeatedTokenScores(new RepeatedBlocks(TOKENS, 4, 4), Rng.of(5)), SERIES),
                new RoleRule(1000, 0.99, 0),
                std,
                Rng.of(6));
        int models = 1000;
        Map<HeadRole, Integer> reached = new java.util.EnumMap<>(HeadRole.class);
        for (int i = 0; i < models; i++) {
            try (Parameters weights = Parameters.initialise(backend, config, std, Rng.of(100 + i))) {
                study.run(new Transformer(backend, config, weights)).scores().stream()
                        .filter(score -> score.p() <= 0.01)
                        .forEach(score -> reached.merge(score.role(), 1, Integer::sum));
            }
        }
        // 2000 heads against a null of 2000 draws: both have their sampling error.
        double bound = 0.01 + 2 * Math.sqrt(0.01 * 0.99 * 2 / 2000);
        for (HeadRole role : HeadRole.values()) {
            assertThat(reached.getOrDefault(role, 0) / 2000.0).as("%s", role).isLessThanOrEqualTo(bound);
        }
        assertThat(reached.getOrDefault(HeadRole.PREVIOUS_TOKEN, 0))
                .as("a test that never rejects is none")
                .isPositive();
    }

    @Test
    void tooFewTwinsForTheLevelAreRefused() {
        Transformer model = new HandSetModel(1).on(backend);
        assertThatThrownBy(
                        () -> new ScoreHeads(List.of(REPEATED), new RoleRule(49, 0.99, 0.2), 0.1, Rng.of(1)).run(model))
                .hasMessageContaining("take at least 50 twins");
        assertThatThrownBy(() -> new RepeatedBlocks(List.of(1, 2), 3, 4)).hasMessageContaining("block = 3");
    }

    @Test
    void theSecondBlockIsFreeUntilTheInductionHeadIsAblated() {
        Transformer model = new HandSetModel(2)
                .previousToken(0, 0)
                .duplicateToken(1, 0)
                .induction(1, 1)
                .on(backend);
        RepeatLoss whole = RepeatLoss.measure(model, BLOCKS, Set.of(), Rng.of(8));
        RepeatLoss without = RepeatLoss.measure(model, BLOCKS, Set.of(new Unit.Head(1, 1)), Rng.of(8));
        RepeatLoss before = RepeatLoss.measure(model, BLOCKS, Set.of(new Unit.Head(0, 0)), Rng.of(8));
        RepeatLoss control = RepeatLoss.measure(model, BLOCKS, Set.of(new Unit.Head(1, 0)), Rng.of(8));
        assertThat(whole.second()).isLessThan(0.4);
        assertThat(whole.first()).isGreaterThan(Math.log(HandSetModel.VOCABULARY));
        assertThat(without.second()).isGreaterThan(1.5);
        assertThat(before.second()).isGreaterThan(1.5);
        assertThat(control).isEqualTo(whole);
    }

    private static HeadScores scores(HandSetModel model, HeadScorer scorer) {
        return new ScoreHeads(List.of(scorer), new RoleRule(100, 0.99, 0.2), 0.8 / Math.sqrt(26), Rng.of(2))
                .run(model.on(backend));
    }

    private static double score(HeadScores scores, HeadRole role, int layer, int head) {
        return scores.of(role).stream()
                .filter(score -> score.layer() == layer && score.head() == head)
                .findFirst()
                .orElseThrow()
                .score();
    }
}
