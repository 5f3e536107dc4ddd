package io.reprise.analysis.overlap.groups;

import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.overlap.between.Between;
import io.reprise.analysis.overlap.between.BetweenResult;
import io.reprise.analysis.overlap.within.Transfer;
import io.reprise.stats.Estimate;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * One model's circuit carried over to another: each unit to that of the matched component, and what the image does of the other
 * model's task, τ = (f(image) − f(random)) / (f(own circuit) − f(random)).
 */
final class Transplant {
    private final Between between;

    Transplant(Between between) {
        this.between = between;
    }

    /** How {@code from}'s circuit does in {@code to}; not identifiable if none of it has a match there. */
    Estimate tau(ModelReading from, ModelReading to) {
        Set<Unit> image = image(from, to);
        if (image.isEmpty()) {
            return Estimate.none(
                    "not identifiable: no component of " + from.name() + "'s circuit has a match in " + to.name());
        }
        Transfer.Result result = to.own().from(image);
        return result.tau();
    }

    private Set<Unit> image(ModelReading from, ModelReading to) {
        BetweenResult result = between.compare(from.part(), to.whole());
        Map<String, String> partners = new HashMap<>();
        result.matches().forEach(match -> partners.put(match.a(), match.b()));
        Universe there = to.circuit().universe();
        Set<Unit> image = new LinkedHashSet<>();
        for (Unit unit : from.circuit().units()) {
            String component = ModelReading.component(unit).name();
            String partner = partners.get(component);
            if (partner != null) {
                // a0.h1.q@x2 of a0.h1, matched to a1.h0, is a1.h0.q@x2
                there.find(partner + unit.name().substring(component.length())).ifPresent(image::add);
            }
        }
        return there.inOrder(image);
    }
}
