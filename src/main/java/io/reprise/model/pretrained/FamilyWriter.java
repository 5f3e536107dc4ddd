package io.reprise.model.pretrained;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.weights.SafetensorsWriter;
import io.reprise.weights.TensorEntry;
import io.reprise.weights.WeightFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes changed weights as the family of the directory that they came from stores them: the table of slots, read backwards. In
 * float32, in one file.
 */
final class FamilyWriter implements ModelWriter {
    private final Path origin;
    private final WeightTable table;

    /** @param table without tensors that are no parameters */
    FamilyWriter(Path origin, WeightTable table) {
        this.origin = origin;
        this.table = table;
    }

    @Override
    public Optional<String> obstacle(ModelConfig config) {
        return Optional.empty();
    }

    @Override
    public void write(Path directory, Transformer model) throws IOException {
        if (!(model.weights() instanceof Parameters parameters)) {
            throw new IllegalArgumentException("only weights that are held in memory can be written");
        }
        ObjectMapper json = new ObjectMapper();
        Map<String, Object> config = json.readValue(
                origin.resolve(ModelDirectory.CONFIG).toFile(), new TypeReference<LinkedHashMap<String, Object>>() {});
        for (String key : new String[] {"dtype", "torch_dtype"}) {
            config.replace(key, "float32");
        }
        JsonFiles.write(directory.resolve(ModelDirectory.CONFIG), config);
        Map<Slot.Source, float[]> tensors = new LinkedHashMap<>();
        for (Slot slot : table.slots()) {
            gather(slot, model.backend().download(parameters.get(slot.parameter())), tensors);
        }
        SafetensorsWriter.write(
                directory.resolve(WeightFiles.SINGLE),
                Map.of("format", "pt"),
                tensors.entrySet().stream()
                        .map(tensor -> TensorEntry.of(
                                table.nameOf(tensor.getKey()), tensor.getKey().shape(), tensor.getValue()))
                        .toList());
    }

    private static void gather(Slot slot, float[] values, Map<Slot.Source, float[]> tensors) {
        slot.whole().ifPresent(source -> tensors.put(source, values));
        for (Slot.Part part : slot.parts()) {
            Slot.Source source = part.source();
            float[] tensor =
                    tensors.computeIfAbsent(source, s -> new float[s.shape().size()]);
            int width = source.shape().columns();
            for (int row = 0; row < source.shape().rows(); row++) {
                int start = part.start().applyAsInt(row);
                for (int j = 0; start >= 0 && j < part.columns(); j++) {
                    tensor[row * width + part.fromColumn() + j] = values[start + j * part.stride()];
                }
            }
        }
        if (slot.sources().isEmpty() && !Arrays.equals(values, new float[values.length])) {
            throw new IllegalArgumentException(
                    slot.parameter() + " is not zero, and this family of models has no such weight");
        }
    }
}
