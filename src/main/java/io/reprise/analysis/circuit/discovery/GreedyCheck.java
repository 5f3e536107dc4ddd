package io.reprise.analysis.circuit.discovery;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Unit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What greedy pruning found against what exhaustive search knows. Greedy pruning goes through circuits only, one unit at a time; it
 * misses smaller ones that lie behind a set that is no circuit, or down another branch.
 *
 * @param kept what was found
 * @param percent its performance, from the table, in % of the model's
 * @param keepPercent a circuit has more than this
 * @param circuit whether it is a circuit at all
 * @param smallest whether no circuit has fewer units
 * @param irreducible whether no proper subset is a circuit
 * @param counterexample a smaller circuit, if there is one: the smallest of its proper subsets that is a circuit, or else the best of
 *     all smallest circuits
 * @param counterexamplePercent performance of the counterexample
 */
public record GreedyCheck(
        Set<Unit> kept,
        double percent,
        double keepPercent,
        boolean circuit,
        boolean smallest,
        boolean irreducible,
        Optional<Circuit> counterexample,
        Optional<Double> counterexamplePercent) {
    /** @param keepPercent as it was given to greedy pruning */
    public static GreedyCheck of(SubsetTable table, Pruned greedy, double keepPercent) {
        Set<Unit> kept = table.universe().inOrder(greedy.kept());
        double percent = table.percent(kept);
        boolean circuit = percent > keepPercent;
        List<Circuit> smallest = table.smallest(keepPercent);
        Optional<Circuit> inside = table.irreducible(keepPercent).stream()
                .filter(other -> other.size() < kept.size() && kept.containsAll(other.units()))
                .findFirst();
        Optional<Circuit> counterexample = inside.or(() ->
                smallest.stream().filter(other -> other.size() < kept.size()).findFirst());
        return new GreedyCheck(
                kept,
                percent,
                keepPercent,
                circuit,
                circuit && kept.size() == smallest.get(0).size(),
                circuit && inside.isEmpty(),
                counterexample,
                counterexample.map(other -> table.percent(other.units())));
    }

    /** In one or two sentences, for people. */
    public String text() {
        String found = String.format(
                Locale.ROOT, "Greedy pruning kept %s with %.2f%% of the model's performance", names(kept), percent);
        if (!circuit) {
            return String.format(
                    Locale.ROOT, "%s: no circuit at a threshold of %.2f%%.%s", found, keepPercent, other(" One is "));
        }
        if (smallest) {
            return found + ", and no circuit has fewer units.";
        }
        return irreducible
                ? found + ": none of its own subsets is a circuit." + other(" But a smaller circuit is ")
                : found + "." + other(" A subset of it is a circuit already: ");
    }

    private String other(String words) {
        return counterexample
                .map(other -> words
                        + String.format(
                                Locale.ROOT,
                                "%s with %.2f%%.",
                                names(other.units()),
                                counterexamplePercent.orElseThrow()))
                .orElse("");
    }

    private static String names(Set<Unit> units) {
        return units.size() + (units.size() == 1 ? " unit (" : " units (")
                + units.stream().map(Unit::name).collect(Collectors.joining(" ")) + ")";
    }
}
