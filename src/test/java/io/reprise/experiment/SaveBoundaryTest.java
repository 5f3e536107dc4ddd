package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.model.Activations;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.BoundaryStates;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.model.pretrained.ModelSplit;
import io.reprise.model.pretrained.Residency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the upper part of a model starts from, from prompts to the file and on. */
class SaveBoundaryTest {
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");
    private static final PromptEvents SILENT = new PromptEvents() {
        @Override
        public void note(String note) {}

        @Override
        public void at(int done, int prompts) {}
    };

    @TempDir
    Path folder;

    static Stream<Arguments> everyLayer() {
        return Stream.of(
                        Arguments.of("gpt2", 2),
                        Arguments.of("gpt2-relu-untied", 2),
                        Arguments.of("gpt-neo", 4),
                        Arguments.of("gpt-neox", 3),
                        Arguments.of("gpt-neox-sequential", 2))
                .flatMap(family -> IntStream.range(1, (int) family.get()[1])
                        .mapToObj(layer -> Arguments.of(family.get()[0], layer)));
    }

    /** Prompts of different lengths, batched, streamed, by copy and by view: logits and every resid_post above. */
    @ParameterizedTest
    @MethodSource("everyLayer")
    void thePartContinuesFromTheFileWithTheWholesBits(String name, int layer) throws IOException {
        Path model = GOLDENS.resolve(name);
        Path prompts = folder.resolve("prompts.jsonl");
        Files.writeString(
                prompts, "{\"tokens\": [3, 1, 4, 1, 5, 9, 2, 6]}\n{\"tokens\": [7]}\n{\"tokens\": [2, 7, 1]}\n");
        for (boolean view : new boolean[] {false, true}) {
            Path states = folder.resolve("states-" + view);
            SaveBoundary.Written written = SaveBoundary.save(
                    new SaveBoundary.Request(model, layer, prompts, states, 2, view, BackendChoice.CPU, 2), SILENT);
            assertThat(written.positions()).isEqualTo(12);
            Path part = folder.resolve("part-" + view);
            ModelSplit.split(model, layer, part, view, (bytes, of) -> {});
            compare(model, part, states, layer);
        }
    }

    private static void compare(Path model, Path part, Path states, int layer) throws IOException {
        try (Backend backend = new CpuBackend(1);
                ModelDirectory whole = ModelDirectory.open(model);
                ModelDirectory upper = ModelDirectory.open(part);
                BoundaryStates boundary = BoundaryStates.open(states)) {
            boundary.checkFits(upper);
            List<Site> sites = Site.all(whole.config()).stream()
                    .filter(site -> site.compareTo(Site.of(Site.Kind.RESID_PRE, layer)) >= 0)
                    .toList();
            Transformer all = whole.transformer(backend, Residency.ALL);
            Transformer continued = upper.transformer(backend, Residency.ONE_LAYER);
            for (int i = 0; i < boundary.prompts().size(); i++) {
                Activations expected = all.run(Tokens.of(boundary.tokens(i)), sites);
                Activations actual = continued.resume(boundary.breakLayer(), boundary.resid(i), sites, List.of());
                for (Site site : sites) {
                    assertThat(actual.get(site).data())
                            .as(site.name())
                            .containsExactly(expected.get(site).data());
                }
            }
        }
    }
}
