package io.reprise.analysis.probe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.tensor.Shape;
import io.reprise.weights.AtomicFile;
import io.reprise.weights.SafetensorsFile;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.TensorEntry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A probe on disk: probe.json says what it reads and which classes it tells apart, probe.safetensors holds its statistics and its
 * head. Read again, it predicts the same to the bit.
 */
public final class ProbeStore {
    private static final String DESCRIPTION = "probe.json";
    private static final String WEIGHTS = "probe.safetensors";
    private static final ObjectMapper JSON = new ObjectMapper();

    private ProbeStore() {}

    /** Writes both files into {@code directory}, which is made if need be. */
    public static void write(Path directory, Probe probe, AtomicFile files) throws IOException {
        Files.createDirectories(directory);
        DenseHead head = probe.head();
        List<TensorEntry> tensors = new ArrayList<>();
        Shape width = Shape.of(head.in());
        tensors.add(TensorEntry.of("mean", width, probe.standardizer().mean()));
        tensors.add(TensorEntry.of("scale", width, probe.standardizer().scale()));
        int i = 0;
        for (Map.Entry<String, Shape> entry :
                DenseHead.shapes(head.in(), head.hidden(), head.out()).entrySet()) {
            tensors.add(TensorEntry.of("head." + entry.getKey(), entry.getValue(), head.weight(i++)));
        }
        files.replace(directory.resolve(WEIGHTS), temporary -> {
            try (FileChannel out =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                SafetensorsWriter.write(out, Map.of(), tensors);
            }
        });
        ObjectNode description = JSON.createObjectNode();
        description.put("format", 1);
        probe.sites().forEach(site -> description.withArray("sites").add(site.name()));
        description.put("pool", pool(probe.pool()));
        description.put("hidden", head.hidden());
        probe.classes().forEach(label -> description.withArray("classes").add(label));
        files.write(directory.resolve(DESCRIPTION), description.toPrettyString() + "\n");
    }

    /**
     * @param config of the model that the probe is to read
     * @throws IOException naming the file and what is wrong with it
     * @throws IllegalArgumentException if the model has no such site
     */
    public static Probe read(Path directory, ModelConfig config) throws IOException {
        Path file = directory.resolve(DESCRIPTION);
        JsonNode description;
        try {
            description = JSON.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is not valid JSON: " + e.getOriginalMessage(), e);
        }
        if (description.path("format").asInt() != 1
                || !description.path("sites").isArray()
                || !description.path("classes").isArray()
                || !description.path("hidden").isInt()) {
            throw new IOException(file + " does not describe a probe; expected format 1, sites, pool, hidden, classes");
        }
        List<Site> sites = new ArrayList<>();
        description.get("sites").forEach(name -> sites.add(Site.parse(name.asText(), config)));
        List<String> classes = new ArrayList<>();
        description.get("classes").forEach(label -> classes.add(label.asText()));
        Pool pool = Pool.parse(description.path("pool").asText());
        int hidden = description.get("hidden").asInt();
        int width =
                sites.stream().mapToInt(site -> Features.width(site, config)).sum();
        try (SafetensorsFile weights = SafetensorsFile.open(directory.resolve(WEIGHTS))) {
            Standardizer standardizer =
                    new Standardizer(read(weights, "mean", Shape.of(width)), read(weights, "scale", Shape.of(width)));
            List<float[]> head = new ArrayList<>();
            for (Map.Entry<String, Shape> entry :
                    DenseHead.shapes(width, hidden, classes.size()).entrySet()) {
                head.add(read(weights, "head." + entry.getKey(), entry.getValue()));
            }
            return new Probe(
                    sites,
                    pool,
                    classes,
                    standardizer,
                    DenseHead.of(width, hidden, classes.size(), head.toArray(float[][]::new)));
        }
    }

    private static float[] read(SafetensorsFile weights, String name, Shape expected) throws IOException {
        if (!weights.names().contains(name) || !weights.shape(name).equals(expected)) {
            throw new IOException(weights.origin() + ": expected " + name + " " + expected
                    + "; probe.json, the model and the weights are not of one probe");
        }
        return weights.read(name);
    }

    private static String pool(Pool pool) {
        return pool instanceof Pool.Position at ? Integer.toString(at.position()) : pool.label();
    }
}
