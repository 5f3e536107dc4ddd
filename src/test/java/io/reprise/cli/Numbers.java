package io.reprise.cli;

import io.reprise.data.RelationFile;
import io.reprise.data.RelationSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Relations in the words of the small model that the project ships. */
final class Numbers {
    private static final Path MODEL = Path.of("experiments/models/nano-sort");

    private Numbers() {}

    /** Pairs 0 → 1, 1 → 2 and so on. */
    static Path relation(Path folder, String name, String template, int samples) throws IOException {
        String pairs = IntStream.range(0, samples)
                .mapToObj(i -> "{\"subject\": \"%d\", \"object\": \"%d\"}".formatted(i, i + 1))
                .collect(Collectors.joining(",\n"));
        return Files.writeString(
                folder.resolve(name.replace(' ', '_') + ".json"), """
                {"name": "%s",
                "prompt_templates": ["%s"],
                "prompt_templates_zs": ["%s"],
                "properties": {"relation_type": "successor", "domain_name": "number", "range_name": "number",
                "symmetric": false},
                "samples": [%s]}
                """.formatted(name, template, template, pairs));
    }

    /** One with which the first split of four numbers trains on all but one other. */
    static long seedThatTrainsOn(Path folder, String subject) throws IOException {
        var relation = RelationFile.read(
                relation(Files.createDirectories(folder.resolve("seed")), "plus one", "{}", 4),
                RelationFile.Subjects.UNIQUE);
        return LongStream.range(0, 100)
                .filter(seed -> RelationSplit.of(relation, 3, seed, 0).test().stream()
                        .noneMatch(sample -> sample.subject().equals(subject)))
                .findFirst()
                .orElseThrow();
    }

    /** A copy of the model in which one byte of the weights is another. */
    static Path changedModel(Path to) throws IOException {
        Files.createDirectories(to);
        for (String file : new String[] {"config.json", "vocabulary.json", "model.safetensors"}) {
            Files.copy(MODEL.resolve(file), to.resolve(file));
        }
        byte[] weights = Files.readAllBytes(to.resolve("model.safetensors"));
        weights[weights.length - 3] ^= 1; // a bit of a mantissa
        Files.write(to.resolve("model.safetensors"), weights);
        return to;
    }
}
