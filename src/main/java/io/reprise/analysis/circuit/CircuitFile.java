package io.reprise.analysis.circuit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Circuits as JSON: ours, with universe, origin, scores and figures; or a published list of nodes, {@code {"heads": [[layer,
 * head], …], "mlps": [layer, …]}}, with the model's {@code n_layers} and {@code n_heads} in it or beside it.
 */
public final class CircuitFile {
    static final String FORMAT = "reprise-circuit";
    static final int VERSION = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private CircuitFile() {}

    /** How many layers and heads per layer a published list's model has, where the list doesn't say. */
    public record Size(int nLayers, int nHeads) {}

    /** Replaces the file whole. */
    public static void write(Path file, Circuit circuit, AtomicFile files) throws IOException {
        files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tree(circuit)) + "\n");
    }

    /** {@link #read(Path, Optional)} of a file that says it all. */
    public static Circuit read(Path file) throws IOException {
        return read(file, Optional.empty());
    }

    /**
     * @param size of a published list's model, if the list doesn't say
     * @throws IOException naming the file, if it can't be read
     * @throws IllegalArgumentException naming the file, if what it says is no circuit of its model
     */
    public static Circuit read(Path file, Optional<Size> size) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new IOException(
                    file + " does not exist; give a circuit that reprise circuit wrote, or a list of nodes", e);
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
        try {
            if (root instanceof ObjectNode object && object.has("format")) {
                return new CircuitReader(object).circuit();
            }
            if (root instanceof ObjectNode object && object.has("heads")) {
                return new PublishedList(object, size).circuit(name(file));
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(file
                + " is no circuit: expected \"format\": \"" + FORMAT
                + "\", or a list of nodes {\"heads\": [[layer, head], …], \"mlps\": [layer, …]}");
    }

    private static String name(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".json") ? name.substring(0, name.length() - 5) : name;
    }

    private static ObjectNode tree(Circuit circuit) {
        ObjectNode root = JSON.createObjectNode();
        root.put("format", FORMAT).put("version", VERSION).put("name", circuit.name());
        ModelShape shape = circuit.universe().shape();
        ObjectNode universe = root.putObject("universe");
        universe.put("kind", circuit.universe().kind().key());
        universe.put("n_layers", shape.nLayers()).put("n_heads", shape.nHeads());
        universe.put("d_mlp", shape.dMlp()).put("parallel_attn_mlp", shape.parallel());
        ArrayNode roles = universe.putArray("roles");
        circuit.universe().units().stream()
                .filter(Unit.Channel.class::isInstance)
                .map(unit -> ((Unit.Channel) unit).role())
                .distinct()
                .forEach(roles::add);
        origin(root.putObject("origin"), circuit.origin());
        ArrayNode units = root.putArray("units");
        circuit.units().forEach(unit -> units.add(unit.name()));
        ObjectNode scores = root.putObject("scores");
        circuit.scores().forEach((unit, score) -> scores.put(unit.name(), score));
        ObjectNode figures = root.putObject("figures");
        circuit.figures().forEach(figures::put);
        return root;
    }

    private static void origin(ObjectNode node, Circuit.Origin origin) {
        origin.model().ifPresent(value -> node.put("model", value));
        origin.fingerprint().ifPresent(value -> node.put("fingerprint", value));
        origin.task().ifPresent(value -> node.put("task", value));
        origin.data().ifPresent(value -> node.put("data", value));
        origin.method().ifPresent(value -> node.put("method", value));
        origin.ablation().ifPresent(value -> {
            ObjectNode ablation = node.putObject("ablation");
            ablation.put("kind", value.kind().key())
                    .put("direction", value.direction().key());
            ArrayNode positions = ablation.putArray("positions");
            value.positions().stream().sorted().forEach(positions::add);
        });
        origin.metric().ifPresent(value -> node.put("metric", value.key()));
        ArrayNode processing = node.putArray("processing");
        origin.processing().forEach(processing::add);
    }
}
