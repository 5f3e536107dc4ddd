package io.reprise.analysis.circuit.editing;

import io.reprise.analysis.circuit.Unit;
import io.reprise.model.ModelConfig;
import java.util.List;

/** Where the weights stand that a unit writes with. */
final class Removed {
    private Removed() {}

    /** Elements from (inclusive) to to (exclusive) of a parameter, row-major. */
    record Span(String parameter, int from, int to) {}

    static List<Span> of(Unit unit, ModelConfig config) {
        String block = "blocks." + unit.layer() + ".";
        int width = config.dModel();
        if (unit instanceof Unit.Head head) {
            int rows = config.dHead() * width;
            return List.of(new Span(block + "attn.W_O", head.head() * rows, (head.head() + 1) * rows));
        }
        if (unit instanceof Unit.Neuron neuron) {
            return List.of(new Span(block + "mlp.W_out", neuron.neuron() * width, (neuron.neuron() + 1) * width));
        }
        if (unit instanceof Unit.Mlp) {
            return List.of(
                    new Span(block + "mlp.W_out", 0, config.dMlp() * width), new Span(block + "mlp.b_out", 0, width));
        }
        throw new IllegalArgumentException(
                unit.name() + " cannot be removed from the weights; expected heads, MLPs or neurons");
    }
}
