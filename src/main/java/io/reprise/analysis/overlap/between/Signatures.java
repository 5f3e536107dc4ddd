package io.reprise.analysis.overlap.between;

import io.reprise.analysis.circuit.Unit;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The signatures of a model's components, or of a circuit's, on the same prompts. */
public final class Signatures {
    private final List<ComponentReading> readings;
    private final List<Signature> components;
    private final int prompts;

    Signatures(List<ComponentReading> readings, int prompts) {
        this(readings, prompts, IntStream.range(0, prompts).toArray());
    }

    private Signatures(List<ComponentReading> readings, int prompts, int[] chosen) {
        this.readings = List.copyOf(readings);
        this.prompts = prompts;
        this.components =
                this.readings.stream().map(reading -> reading.on(chosen)).toList();
    }

    private Signatures(List<ComponentReading> readings, List<Signature> components, int prompts) {
        this.readings = readings;
        this.components = components;
        this.prompts = prompts;
    }

    /** In the order of the forward pass. */
    public List<Signature> components() {
        return components;
    }

    /** How many prompts were read. */
    public int prompts() {
        return prompts;
    }

    /**
     * The same on some of the prompts that were read.
     *
     * @param indices of prompts, each once: copies of a prompt would look like prompts that a component doesn't tell apart
     */
    public Signatures on(int[] indices) {
        if (IntStream.of(indices).distinct().count() < indices.length) {
            throw new IllegalArgumentException("some prompts are given twice; choose prompts without replacement");
        }
        return new Signatures(readings, prompts, indices);
    }

    /** Those of a circuit's members. */
    public Signatures only(Set<Unit> units) {
        List<Integer> kept = IntStream.range(0, components.size())
                .filter(i -> units.contains(components.get(i).unit()))
                .boxed()
                .toList();
        return new Signatures(
                kept.stream().map(readings::get).toList(),
                kept.stream().map(components::get).toList(),
                prompts);
    }

    public List<Unit> units() {
        return components.stream().map(Signature::unit).toList();
    }
}
