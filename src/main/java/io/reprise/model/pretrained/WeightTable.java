package io.reprise.model.pretrained;

import io.reprise.model.Parameters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
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

    /** Tables that only a run from tokens reads, unless the embedding is the unembedding, too. */
    private static final Set<String> POSITIONS = Set.of("wpe.weight", "pos_embed.W_pos");

    private static final Pattern IN_BLOCK = Pattern.compile("(?:blocks|h|layers)\\.(\\d{1,9})\\..*");

    /**
     * A condition on values.
     *
     * @param tensor whose values they are
     */
    record Check(String tensor, Condition condition) {
        void run(NamedWeights weights) throws IOException {
            condition.require(weights);
        }
    }

    /** What a check looks at. */
    @FunctionalInterface
    interface Condition {
        /**
         * @throws ModelFormatException if it doesn't hold
         */
        void require(NamedWeights weights) throws IOException;
    }

    WeightTable {
        slots = List.copyOf(slots);
        required = List.copyOf(required);
        optional = List.copyOf(optional);
        otherNames = Map.copyOf(otherNames);
        ignored = List.copyOf(ignored);
        checks = List.copyOf(checks);
    }

    /**
     * What a model needs that starts from the residual stream which block {@code layer} reads.
     *
     * @param tied the embedding is the unembedding, and stays
     * @param others whether files may hold the rest of the model, too
     */
    WeightTable from(int layer, boolean tied, boolean others) {
        Predicate<String> below = name -> {
            Matcher block = IN_BLOCK.matcher(name);
            return block.matches() && Integer.parseInt(block.group(1)) < layer;
        };
        Set<String> parameters = tied ? Set.of(Parameters.POS_EMBED) : Set.of(Parameters.POS_EMBED, Parameters.EMBED);
        Predicate<Slot> lower = slot -> parameters.contains(slot.parameter()) || below.test(slot.parameter());
        Predicate<Slot.Source> lowerRequired = source -> POSITIONS.contains(source.name()) || below.test(source.name());
        Set<String> gone = new TreeSet<>();
        slots.stream().filter(lower).forEach(slot -> slot.sources().forEach(source -> gone.add(source.name())));
        required.stream().filter(lowerRequired).forEach(source -> gone.add(source.name()));
        List<Pattern> silent = new ArrayList<>(ignored);
        if (others) {
            gone.forEach(name -> silent.add(Pattern.compile(Pattern.quote(name))));
        }
        return new WeightTable(
                prefix,
                slots.stream().filter(lower.negate()).toList(),
                required.stream().filter(lowerRequired.negate()).toList(),
                optional,
                otherNames,
                silent,
                checks.stream().filter(check -> !gone.contains(check.tensor())).toList());
    }

    /** Every tensor that a model needs, by name. */
    SortedSet<String> needed() {
        SortedSet<String> names = new TreeSet<>();
        slots.forEach(slot -> slot.sources().forEach(source -> names.add(source.name())));
        required.forEach(source -> names.add(source.name()));
        return names;
    }

    /** A parameter's tensor as files name it; the head of a language model stands outside the prefixed part. */
    String nameOf(Slot.Source source) {
        return (HEADS.contains(source.name()) ? "" : prefix) + source.name();
    }

    boolean ignores(String name) {
        return ignored.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }
}
