package io.reprise.analysis.overlap.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.overlap.transport.TaskTokens;
import io.reprise.analysis.overlap.transport.TwoWays;
import io.reprise.backend.Backend;
import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hand-built models whose last layer alone writes the answer, and with a logit of 5. */
class LensProfileTest {
    private static final PairSet PROMPTS = TwoWays.prompts();
    private static final List<Integer> TOKENS = TaskTokens.of(PROMPTS);

    private Backend backend;
    private Scope scope;

    @BeforeEach
    void open() {
        backend = new CpuBackend(1);
        scope = backend.scope();
    }

    @AfterEach
    void close() {
        scope.close();
        backend.close();
    }

    @Test
    void theDecisionFallsWhereTheAnswerIsWritten() {
        LensProfile profile = LensProfile.of(TwoWays.fromFirst(backend).plain(), PROMPTS, TOKENS);
        assertThat(profile.depths()).containsExactly(0, 0.5, 1);
        for (int prompt = 0; prompt < profile.size(); prompt++) {
            // before that all logits are 0, and ties do not count as first
            assertThat(profile.decision(prompt)).hasValue(1);
            assertThat(profile.preference(prompt)).hasValue(1);
        }
        double end = Math.exp(5) / (Math.exp(5) + TwoWays.N - 1);
        assertThat(profile.probability(3, 0.5)).isCloseTo(1.0 / TwoWays.N, within(1e-6)); // float32 logits
        assertThat(profile.probability(3, 1)).isCloseTo(end, within(1e-4)); // attention is sharp, not exact
        assertThat(profile.probability(3, 0.75)).isCloseTo((end + 1.0 / TwoWays.N) / 2, within(1e-4));
    }

    @Test
    void aSummaryHasARowPerDepthAndRole() {
        LensSummary summary =
                LensSummary.of(LensProfile.of(TwoWays.fromFirst(backend).plain(), PROMPTS, TOKENS), PROMPTS);
        assertThat(summary.byRole()).containsOnlyKeys("first", "last");
        assertThat(summary.decision()).isEqualTo(new LensSummary.Depth(1, Optional.of(1.0)));
        List<LensSummary.Point> last = summary.byRole().get("last");
        assertThat(last).extracting(LensSummary.Point::depth).containsExactly(0.0, 0.5, 1.0);
        assertThat(last.get(0).rank()).isCloseTo(TwoWays.N, within(1e-9)); // geometric mean of equal ranks
        assertThat(last.get(2).rank()).isEqualTo(1);
        assertThat(last.get(2).kl()).isZero();
        double end = Math.exp(5) / (Math.exp(5) + TwoWays.N - 1);
        double rest = (1 - end) / (TwoWays.N - 1);
        double kl = end * Math.log(end * TwoWays.N) + (TwoWays.N - 1) * rest * Math.log(rest * TwoWays.N);
        assertThat(last.get(0).kl()).isCloseTo(kl, within(1e-3));
    }

    @Test
    void aModelThatPrefersTheWrongAnswerHasNoDecision() {
        PairSet swapped = new PairSet(
                "swapped",
                List.of(new PairSet.Group(
                        List.of("first", "last"),
                        PROMPTS.pairs().stream()
                                .map(pair -> new PromptPair(pair.clean(), pair.corrupt(), pair.wrong(), pair.answer()))
                                .toList())));
        LensProfile profile = LensProfile.of(TwoWays.fromLast(backend).plain(), swapped, TOKENS);
        assertThat(profile.decision(0)).isEmpty();
        assertThat(profile.preference(0)).isEmpty();
        assertThat(LensSummary.of(profile, swapped).decision()).isEqualTo(new LensSummary.Depth(0, Optional.empty()));
    }

    @Test
    void theLensDoesNotSeeTheDifferenceOfTwoWaysThatWriteTheSame() {
        LensProfile first = LensProfile.of(TwoWays.fromFirst(backend).plain(), PROMPTS, TOKENS);
        LensProfile last = LensProfile.of(TwoWays.fromLast(backend).plain(), PROMPTS, TOKENS);
        LensProfile deeper = LensProfile.of(TwoWays.fromFirst(backend).disguised(3), PROMPTS, TOKENS);
        for (LensDistance distance : LensDistance.values()) {
            assertThat(Arrays.stream(distance.of(first, last)).max().orElseThrow())
                    .isLessThan(1e-4);
            // the answer comes up between 1/2 and 1 in the one, 2/3 and 1 in the other
            assertThat(Arrays.stream(distance.of(first, deeper))).allMatch(d -> d > 0.01 && d < 0.3);
        }
    }
}
