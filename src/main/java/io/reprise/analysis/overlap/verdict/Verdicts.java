package io.reprise.analysis.overlap.verdict;

import io.reprise.analysis.overlap.verdict.Verdict.Outcome;
import io.reprise.analysis.overlap.verdict.Verdict.Question;
import io.reprise.stats.Interval;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The rules of the three verdicts. Each takes intervals and nothing else; what is missing makes it not identifiable. */
public final class Verdicts {
    /** Half of what the other task's own circuit does beyond chance. */
    public static final double TRANSFER = 0.5;

    private static final String STRUCTURAL = "lower end of the similarity's interval > 0 (0 is chance, 1 the ceiling)";
    private static final String FUNCTIONAL =
            "lower ends of transfer both ways > 0.5 (0 is matched random circuits, 1 the task's own circuit)";
    private static final String CAUSAL =
            "lower end of transport > 0 and > the upper end of every control; same output if"
                    + " only direct logits reach it";

    private Verdicts() {}

    /** A measured interval, or why there is none. */
    public record Finding(Optional<Interval> interval, String problem) {
        public static Finding of(Interval interval) {
            return new Finding(Optional.of(interval), "");
        }

        /** @param problem why it is not identifiable */
        public static Finding missing(String problem) {
            return new Finding(Optional.empty(), problem);
        }
    }

    /** @param similarity CSI of two circuits of one model, X-CSI of circuits of two */
    public static Verdict structural(Finding similarity) {
        if (similarity.interval().isEmpty()) {
            return missing(Question.STRUCTURAL, STRUCTURAL, similarity.problem());
        }
        Interval found = similarity.interval().get();
        return new Verdict(
                Question.STRUCTURAL,
                found.low() > 0 ? Outcome.SHOWN : Outcome.NOT_SHOWN,
                STRUCTURAL,
                "similarity " + shown(found));
    }

    /**
     * @param there τ(A→B)
     * @param back τ(B→A)
     */
    public static Verdict functional(Finding there, Finding back) {
        for (Finding one : new Finding[] {there, back}) {
            // one way that is known to fail is enough to say that both are not shown
            if (one.interval().isPresent() && !(one.interval().get().low() > TRANSFER)) {
                return new Verdict(Question.FUNCTIONAL, Outcome.NOT_SHOWN, FUNCTIONAL, both(there, back));
            }
        }
        if (there.interval().isEmpty() || back.interval().isEmpty()) {
            return missing(Question.FUNCTIONAL, FUNCTIONAL, both(there, back));
        }
        return new Verdict(Question.FUNCTIONAL, Outcome.SHOWN, FUNCTIONAL, both(there, back));
    }

    /**
     * @param transport share of its match's effect that a mapped part recovers
     * @param controls the same of each control but direct logits, by name; not empty, since nothing is shown without one
     * @param directLogits the same of the part's direct logits
     */
    public static Verdict causal(Finding transport, Map<String, Interval> controls, Finding directLogits) {
        if (transport.interval().isEmpty()) {
            return missing(Question.CAUSAL, CAUSAL, transport.problem());
        }
        if (controls.isEmpty()) {
            return missing(Question.CAUSAL, CAUSAL, "no control was measured");
        }
        Interval found = transport.interval().get();
        Map.Entry<String, Interval> strongest = controls.entrySet().stream()
                .max(Comparator.comparingDouble(
                                (Map.Entry<String, Interval> e) -> e.getValue().high())
                        .thenComparing(Map.Entry::getKey))
                .orElseThrow();
        String because = "transport " + shown(found) + ", strongest control " + strongest.getKey() + " "
                + shown(strongest.getValue());
        if (!(found.low() > 0 && found.low() > strongest.getValue().high())) {
            return new Verdict(Question.CAUSAL, Outcome.NOT_SHOWN, CAUSAL, because);
        }
        if (directLogits.interval().isEmpty()) {
            return missing(Question.CAUSAL, CAUSAL, because + ", direct logits: " + directLogits.problem());
        }
        Interval direct = directLogits.interval().get();
        return new Verdict(
                Question.CAUSAL,
                direct.high() >= found.low() ? Outcome.SAME_OUTPUT : Outcome.SHOWN,
                CAUSAL,
                because + ", direct logits " + shown(direct));
    }

    private static Verdict missing(Question question, String rule, String problem) {
        return new Verdict(question, Outcome.NOT_IDENTIFIABLE, rule, problem);
    }

    private static String both(Finding there, Finding back) {
        return "transfer " + shown(there) + " there, " + shown(back) + " back";
    }

    private static String shown(Finding finding) {
        return finding.interval().map(Verdicts::shown).orElse("unknown: " + finding.problem());
    }

    private static String shown(Interval interval) {
        return String.format(Locale.ROOT, "%.2f to %.2f", interval.low(), interval.high());
    }
}
