package io.reprise.model.pretrained;

import io.reprise.backend.Activation;
import io.reprise.backend.Applied;
import io.reprise.backend.Backend;
import io.reprise.backend.Layout;
import io.reprise.model.BlockWeights;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelWeights;
import io.reprise.model.Parameters;
import io.reprise.tensor.Shape;
import io.reprise.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The weights of a model directory, read by position and widened when they are first asked for: a layer when its block runs,
 * the embedding's rows of the tokens at hand, the unembedding when logits are made.
 */
final class DirectoryWeights implements ModelWeights, AutoCloseable {
    private final Backend backend;
    private final ModelConfig config;
    private final NamedWeights files;
    private final Residency residency;
    private final Optional<ModelPart> part;
    private final Map<String, Slot> slots = new HashMap<>();
    private final Map<String, Shape> shapes;
    /** By parameter. What is here stays until it is closed, or until another layer is asked for. */
    private final Map<String, Tensor> held = new HashMap<>();

    private int streamed = -1;

    DirectoryWeights(
            Backend backend,
            Architecture architecture,
            NamedWeights files,
            Residency residency,
            Optional<ModelPart> part) {
        this.backend = backend;
        this.config = architecture.config();
        this.files = files;
        this.residency = residency;
        this.part = part;
        this.shapes = Parameters.shapes(config);
        architecture.table().slots().forEach(slot -> slots.put(slot.parameter(), slot));
    }

    @Override
    public int firstLayer() {
        return part.map(ModelPart::firstLayer).orElse(0);
    }

    private void requireWhole() {
        if (part.isPresent()) {
            throw part.get().refusal();
        }
    }

    @Override
    public Tensor embed(int[] ids) {
        requireWhole(); // also where the embedding is here, being the unembedding
        return rows(Parameters.EMBED, ids);
    }

    @Override
    public Optional<Tensor> posEmbed(int length) {
        requireWhole();
        return config.positions() == ModelConfig.Positions.LEARNED
                ? Optional.of(
                        rows(Parameters.POS_EMBED, IntStream.range(0, length).toArray()))
                : Optional.empty();
    }

    @Override
    public synchronized BlockWeights block(int layer) {
        if (layer < firstLayer()) {
            throw new IllegalArgumentException("block " + layer + " is not there; "
                    + part.orElseThrow().refusal().getMessage());
        }
        if (residency == Residency.ONE_LAYER && streamed != layer) {
            turnTo(layer);
        }
        return BlockWeights.of(config, layer, this::held);
    }

    /** Each tensor takes the place of its predecessor, so that no more than one layer and one tensor are ever there. */
    private void turnTo(int layer) {
        Map<String, Tensor> old = new LinkedHashMap<>();
        for (String name : shapes.keySet()) {
            if (name.startsWith("blocks." + streamed + ".")) {
                old.put(name.substring(name.indexOf('.', "blocks.".length())), held.remove(name));
            }
        }
        streamed = layer;
        for (String name : shapes.keySet()) {
            if (name.startsWith("blocks." + layer + ".")) {
                Tensor before = old.remove(name.substring(name.indexOf('.', "blocks.".length())));
                if (before != null) {
                    before.close();
                }
                held(name);
            }
        }
    }

    @Override
    public Optional<BlockWeights.Norm> lnFinal() {
        return Optional.of(config)
                .filter(ModelConfig::hasLayerNorm)
                .map(c -> new BlockWeights.Norm(held("ln_final.w"), held("ln_final.b")));
    }

    @Override
    public Applied unembed(Tensor x) {
        String name = unembedding();
        if (residency == Residency.ONE_LAYER && slots.get(name).whole().isPresent()) {
            return new StreamedUnembedding(backend, x, shapes.get(name), (from, to) -> block(name, from, to));
        }
        return backend.linear(x, held(name), Layout.OUT_IN, Optional.empty(), Activation.NONE);
    }

    @Override
    public Tensor unembedRows(int[] ids) {
        return rows(unembedding(), ids);
    }

    private String unembedding() {
        return config.tiedUnembed() ? Parameters.EMBED : Parameters.UNEMBED;
    }

    /** Rows of a table, from memory if it is there. */
    private Tensor rows(String name, int[] ids) {
        Slot slot = slots.get(name);
        synchronized (this) {
            if (held.containsKey(name) || slot.whole().isEmpty()) {
                return backend.embed(held(name), ids);
            }
        }
        int columns = shapes.get(name).columns();
        String source = slot.whole().orElseThrow().name();
        return backend.upload(Shape.of(ids.length, columns), target -> {
            for (int i = 0; i < ids.length; i++) {
                read(source, ids[i], ids[i] + 1, target, i * columns);
            }
        });
    }

    /** Neighbouring rows of a table, in the caller's hands. */
    private Tensor block(String name, int from, int to) {
        String source = slots.get(name).whole().orElseThrow().name();
        Shape shape = Shape.of(to - from, shapes.get(name).columns());
        return backend.outsideScopes(() -> backend.upload(shape, target -> read(source, from, to, target, 0)));
    }

    private void read(String source, int from, int to, float[] target, int offset) {
        try {
            files.readRows(source, from, to, target, offset);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized Tensor held(String name) {
        Tensor tensor = held.get(name);
        if (tensor == null) {
            tensor = backend.outsideScopes(() -> backend.upload(shapes.get(name), target -> fill(name, target)));
            held.put(name, tensor);
        }
        return tensor;
    }

    private void fill(String name, float[] target) {
        try {
            files.fill(slots.get(name), target, backend::parallel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        List.copyOf(held.values()).forEach(Tensor::close);
        held.clear();
    }
}
