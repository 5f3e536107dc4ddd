package io.reprise.analysis.overlap.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.overlap.verdict.Verdict.Outcome;
import io.reprise.analysis.overlap.verdict.Verdicts.Finding;
import io.reprise.stats.Interval;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictsTest {
    private static final Finding MISSING = Finding.missing("its denominator is below two standard errors");
    private static final Map<String, Interval> CONTROLS =
            Map.of("random map", new Interval(-0.2, 0.3), "wrong task", new Interval(0, 0.1));

    @Test
    void structureIsShownByALowerEndAboveChance() {
        assertThat(Verdicts.structural(found(0.01, 0.9)).outcome()).isEqualTo(Outcome.SHOWN);
        assertThat(Verdicts.structural(found(0, 0.9)).outcome()).isEqualTo(Outcome.NOT_SHOWN);
        Verdict missing = Verdicts.structural(MISSING);
        assertThat(missing.outcome()).isEqualTo(Outcome.NOT_IDENTIFIABLE);
        assertThat(missing.words())
                .isEqualTo("Structure: not identifiable (its denominator is below two standard errors).");
    }

    @Test
    void functionNeedsTransferBothWays() {
        assertThat(Verdicts.functional(found(0.6, 1), found(0.51, 1)).outcome()).isEqualTo(Outcome.SHOWN);
        assertThat(Verdicts.functional(found(0.6, 1), found(0.5, 1)).outcome()).isEqualTo(Outcome.NOT_SHOWN);
        assertThat(Verdicts.functional(found(0.1, 1), found(0.9, 1)).outcome()).isEqualTo(Outcome.NOT_SHOWN);
    }

    @Test
    void oneUnknownWayLeavesFunctionOpenUnlessTheOtherFails() {
        Verdict open = Verdicts.functional(found(0.6, 1), MISSING);
        assertThat(open.outcome()).isEqualTo(Outcome.NOT_IDENTIFIABLE);
        assertThat(open.because()).contains("0.60 to 1.00 there", "unknown: its denominator");
        assertThat(Verdicts.functional(MISSING, found(0.2, 1)).outcome()).isEqualTo(Outcome.NOT_SHOWN);
        assertThat(Verdicts.functional(MISSING, MISSING).outcome()).isEqualTo(Outcome.NOT_IDENTIFIABLE);
    }

    @Test
    void mechanismIsShownWhenTransportIsAboveEveryControl() {
        Verdict shown = Verdicts.causal(found(0.8, 1), CONTROLS, found(0, 0.2));
        assertThat(shown.outcome()).isEqualTo(Outcome.SHOWN);
        assertThat(shown.because())
                .isEqualTo("transport 0.80 to 1.00, strongest control random map -0.20 to 0.30, direct logits 0.00 to"
                        + " 0.20");
        assertThat(Verdicts.causal(found(0.3, 1), CONTROLS, found(0, 0.2)).outcome())
                .isEqualTo(Outcome.NOT_SHOWN);
        Map<String, Interval> below = Map.of("random map", new Interval(-0.5, -0.4));
        assertThat(Verdicts.causal(found(-0.1, 0.1), below, found(-1, -1)).outcome())
                .as("a patch that does nothing is above controls that do harm")
                .isEqualTo(Outcome.NOT_SHOWN);
    }

    @Test
    void directLogitsThatReachTransportMakeItTheSameOutput() {
        Verdict same = Verdicts.causal(found(0.8, 1), CONTROLS, found(0.5, 0.8));
        assertThat(same.outcome()).isEqualTo(Outcome.SAME_OUTPUT);
        assertThat(same.words()).startsWith("Mechanism: the same output");
        assertThat(Verdicts.causal(found(0.2, 1), CONTROLS, found(0.5, 0.8)).outcome())
                .as("what other controls reach, too, is not even that")
                .isEqualTo(Outcome.NOT_SHOWN);
    }

    @Test
    void mechanismIsNotIdentifiableWithoutAnEffectOrAControl() {
        assertThat(Verdicts.causal(MISSING, CONTROLS, found(0, 0)).outcome()).isEqualTo(Outcome.NOT_IDENTIFIABLE);
        assertThat(Verdicts.causal(found(0.8, 1), Map.of(), found(0, 0)).because())
                .contains("no control");
        assertThat(Verdicts.causal(found(0.8, 1), CONTROLS, MISSING).outcome()).isEqualTo(Outcome.NOT_IDENTIFIABLE);
    }

    private static Finding found(double low, double high) {
        return Finding.of(new Interval(low, high));
    }
}
