package io.reprise.analysis.relation;

/**
 * A place in a model by its name, before a model says whether there is one: {@code 5}, {@code embed}, {@code h.5}, as
 * {@link End#parse} takes it.
 *
 * @param name not blank
 */
public record LayerName(String name) {
    public LayerName {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" names no layer; write a block's number (5), embed, embed+pos or ln_final");
        }
    }

    /** Any scalar's text; a number needs no quotes. */
    public static LayerName parse(String text) {
        return new LayerName(text.strip());
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return name;
    }
}
