package io.reprise.analysis.overlap.groups;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.overlap.between.Side;
import io.reprise.analysis.overlap.channels.LensProfile;
import io.reprise.analysis.overlap.channels.TaskOperator;
import io.reprise.analysis.overlap.within.Transfer;
import io.reprise.model.Transformer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that is read of one model before it is compared.
 *
 * @param name in its group
 * @param circuit of the task
 * @param whole signatures of all components
 * @param part signatures of the circuit's components
 * @param random signatures of random circuits with the circuit's types and layers; none if they can only be the circuit itself
 * @param lens its way to the answers
 * @param operator of the task's relation
 * @param other of the other task's relation
 * @param own how the circuit does on the task, beside random ones
 */
record ModelReading(
        String name,
        Transformer model,
        Circuit circuit,
        Side whole,
        Side part,
        List<Side> random,
        LensProfile lens,
        TaskOperator operator,
        Optional<TaskOperator> other,
        Transfer.Own own) {
    ModelReading {
        random = List.copyOf(random);
    }

    /** The heads and MLPs that a circuit's units are of. */
    static Set<Unit> components(Set<Unit> units) {
        Set<Unit> components = new LinkedHashSet<>();
        units.forEach(unit -> components.add(component(unit)));
        return components;
    }

    /** The head or the MLP that a unit is of. */
    static Unit component(Unit unit) {
        return unit instanceof Unit.Channel channel ? new Unit.Head(channel.layer(), channel.head()) : unit;
    }
}
