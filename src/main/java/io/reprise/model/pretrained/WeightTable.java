package io.reprise.model.pretrained;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How a family's files hold a model's weights.
 *
 * @param prefix that all names but {@code unprefixed} may have, as {@code transformer.}
 * @param slots every parameter of ours
 * @param required tensors that must be there without being a parameter (their values are the business of checks)
 * @param optional the same, but may be absent
 * @param otherNames names that files may have instead, without prefix, with the table's
 * @param ignored names, without prefix, that hold nothing of the model
 * @param checks run over the values before they are used
 */
record WeightTable(
        String prefix,
        List<Slot> slots,
        List<Slot.Source> required,
        List<Slot.Source> optional,
        Map<String, String> otherNames,
        List<Pattern> ignored,
        List<Check> checks) {

    private static final Set<String> HEADS = Set.of("lm_head.weight", "embed_out.weight");

    /** A condition on values. */
    @FunctionalInterface
    interface Check {
        /**
         * @throws ModelFormatException if it doesn't hold
         */
        void run(NamedWeights weights) throws IOException;
    }

    WeightTable {
        slots = List.copyOf(slots);
        required = List.copyOf(required);
        optional = List.copyOf(optional);
        otherNames = Map.copyOf(otherNames);
        ignored = List.copyOf(ignored);
        checks = List.copyOf(checks);
    }

    /** A parameter's tensor as files name it; the head of a language model stands outside the prefixed part. */
    String nameOf(Slot.Source source) {
        return (HEADS.contains(source.name()) ? "" : prefix) + source.name();
    }

    boolean ignores(String name) {
        return ignored.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }
}
