package io.reprise.experiment;

/**
 * The execution that a run belongs to.
 *
 * @param id 32 hex digits; empty if the run stands alone
 * @param name for people
 * @param arm the variant that the run is of, empty if there are none
 */
public record Parentage(String id, String name, String arm) {
    /** A run that stands alone. */
    public static final Parentage NONE = new Parentage("", "", "");
}
