package io.reprise.analysis.circuit;

import java.util.Locale;
import java.util.Set;

/**
 * What is put in the place of units that are not in the circuit.
 *
 * @param positions roles of the positions where it happens; empty means all
 */
public record Ablation(Kind kind, Direction direction, Set<String> positions) {
    /** What a unit is replaced by. */
    public enum Kind {
        /** Nothing. */
        ZERO,
        /** Its mean over the corrupt prompts, position by position, among prompts of equal length. */
        MEAN,
        /** Its value in the corrupt partner of the prompt. */
        RESAMPLE;

        /** As in YAML and JSON. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Which run is edited (Heimersheim and Nanda 2024, How to use and interpret activation patching). */
    public enum Direction {
        /** The clean run, with everything outside the circuit spoilt: what is needed? */
        NOISING,
        /** The corrupt run, with the circuit's units restored to their values in the clean run: what is enough? */
        DENOISING;

        /** As in YAML and JSON. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Ablation {
        positions = Set.copyOf(positions);
        if (direction == Direction.DENOISING && kind != Kind.RESAMPLE) {
            throw new IllegalArgumentException("ablation " + kind.key()
                    + " cannot denoise: restoring clean values needs a corrupt run; use resample, or noising");
        }
    }

    /** Noising at all positions. */
    public static Ablation of(Kind kind) {
        return new Ablation(kind, Direction.NOISING, Set.of());
    }

    /** Kind and direction, for people: {@code mean, noising}. */
    public String label() {
        return kind.key() + ", " + direction.key()
                + (positions.isEmpty()
                        ? ""
                        : " at " + String.join(" ", positions.stream().sorted().toList()));
    }
}
