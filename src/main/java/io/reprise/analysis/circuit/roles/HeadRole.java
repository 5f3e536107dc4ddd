package io.reprise.analysis.circuit.roles;

import java.util.Locale;

/** A kind of head that recurs between models. Scores go up to 1 for a head that does nothing else. */
public enum HeadRole {
    /** Mean attention from a position to the one before it, on repeated random tokens (Olsson et al. 2022). */
    PREVIOUS_TOKEN,
    /** Mean attention from the second block to the same token in the first, on repeated random tokens. */
    DUPLICATE_TOKEN,
    /** Mean attention from the second block to the token after the same token in the first (Olsson et al. 2022). */
    INDUCTION,
    /** Share of members whose next one is among the k tokens that the head's OV raises most (Gould et al. 2023). */
    SUCCESSOR,
    /** Share of members that are themselves among the k tokens that the head's OV raises most. */
    COPY,
    /** Mean attention from the last position to the members of the series (arXiv 2311.04131). */
    SEQUENCE_DETECTION,
    /** Mean attention from members of the series to earlier members (arXiv 2311.04131). */
    MEMBER_DETECTION,
    /** Σλ / Σ|λ| of the OV product in token space (Elhage et al. 2021); from -1 to 1. A figure beside COPY, never a role. */
    COPY_EIGENVALUE;

    /** Whether heads can be assigned to it. */
    public boolean assignable() {
        return this != COPY_EIGENVALUE;
    }

    /** As in YAML and JSON. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
