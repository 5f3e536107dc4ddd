package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reprise.analysis.relation.jacobian.JacobianMethod;
import io.reprise.backend.Span;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.tensor.DType;
import io.reprise.text.Prompts;
import io.reprise.weights.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole, split, virtual split, split of a split and boundary states: one Jacobian, bit for bit. */
class RelationJacobianTest {
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");
    private static final String PROMPTS = """
            {"id": "a", "tokens": [5, 17, 3, 42, 8, 1, 29, 30, 2]}
            {"id": "b", "tokens": [11, 4, 4, 9, 50, 23]}
            """;

    @TempDir
    Path folder;

    private final List<RelationJacobian.Written> heard = new ArrayList<>();

    private final RelationJacobian.Events events = new RelationJacobian.Events() {
        @Override
        public void note(String note) {}

        @Override
        public void at(String prompt, long done, long total) {}

        @Override
        public void written(RelationJacobian.Written written) {
            heard.add(written);
        }
    };

    /** Odd layers of an alternating-window model among them, and a GPT-2 whose attention scale depends on the layer. */
    @ParameterizedTest
    @CsvSource({
        "gpt2, 1, false",
        "gpt2, 1, true",
        "gpt2-relu-untied, 1, false",
        "gpt-neo, 1, false",
        "gpt-neo, 2, false",
        "gpt-neo, 3, false",
        "gpt-neox, 1, false",
        "gpt-neox, 2, false",
        "gpt-neox-sequential, 1, false"
    })
    void everyRouteGivesTheSameBits(String name, int breakLayer, boolean scaledByLayer) throws IOException {
        Path model = copy(name, config -> {
            if (scaledByLayer) {
                config.put("scale_attn_by_inverse_layer_idx", true);
            }
        });
        Path prompts = Files.writeString(folder.resolve("p.jsonl"), PROMPTS);
        Path part = folder.resolve("part");
        Path view = folder.resolve("view");
        Path states = folder.resolve("b.safetensors");
        SplitModel.split(new SplitModel.Request(model, breakLayer, part, false), (done, total) -> {});
        SplitModel.split(new SplitModel.Request(model, breakLayer, view, true), (done, total) -> {});
        boundary(model, breakLayer, prompts, states);
        List<OpenSubject.Place> routes = List.of(
                place(model, null, null),
                place(model, part, null),
                place(model, view, null),
                place(null, part, states),
                place(null, view, states),
                place(model, null, states));
        for (JacobianMethod method : JacobianMethod.values()) {
            List<Path> written = new ArrayList<>();
            for (int route = 0; route < routes.size(); route++) {
                Path out = folder.resolve(method + "-" + route);
                RelationJacobian.write(
                        request(
                                routes.get(route),
                                prompts,
                                Integer.toString(breakLayer - 1),
                                3,
                                out,
                                method,
                                route % 2 == 0),
                        events);
                written.add(out);
            }
            for (Path other : written) {
                for (String prompt : List.of("a", "b")) {
                    assertThat(Files.readAllBytes(other.resolve(prompt + ".safetensors")))
                            .as("%s of %s by %s", other.getFileName(), name, method)
                            .isEqualTo(Files.readAllBytes(written.get(0).resolve(prompt + ".safetensors")));
                }
            }
        }
    }

    @Test
    void whatIsThereIsKeptAndTheRestIsComputed() throws IOException {
        Path model = GOLDENS.resolve("gpt2");
        Path prompts = Files.writeString(folder.resolve("p.jsonl"), PROMPTS);
        Path out = folder.resolve("out");
        RelationJacobian.Request request =
                request(place(model, null, null), prompts, "0", 3, out, JacobianMethod.PUSHFORWARD, false);
        RelationJacobian.write(request, events);
        assertThat(heard).extracting(RelationJacobian.Written::kept).containsExactly(false, false);
        Path a = out.resolve("a.safetensors");
        Files.setLastModifiedTime(a, FileTime.fromMillis(0));
        Files.delete(out.resolve("b.safetensors"));
        RelationJacobian.write(request, events);
        assertThat(heard).extracting(RelationJacobian.Written::kept).containsExactly(false, false, true, false);
        assertThat(heard.get(2).frobenius())
                .isCloseTo(heard.get(0).frobenius(), org.assertj.core.data.Offset.offset(1e-6));
        assertThat(heard.get(2).image().orElseThrow())
                .isCloseTo(heard.get(0).image().orElseThrow(), org.assertj.core.data.Offset.offset(1e-5));
        assertThat(Files.getLastModifiedTime(a)).isEqualTo(FileTime.fromMillis(0));
        RelationJacobian.write(
                request(place(model, null, null), prompts, "0", 2, out, JacobianMethod.PUSHFORWARD, false), events);
        assertThat(heard.get(4).kept())
                .as("another position is another Jacobian")
                .isFalse();
        Files.write(a, new byte[] {1, 2, 3});
        RelationJacobian.write(request, events);
        assertThat(heard.get(6).kept()).as("a broken file is replaced").isFalse();
        try (SafetensorsFile file = SafetensorsFile.open(a)) {
            assertThat(file.names()).contains("jacobian", "bias", "h", "z", "tokens");
        }
    }

    @Test
    void columnsAreThoseOfTheWholeAndHaveNoBias() throws IOException {
        Path prompts = Files.writeString(folder.resolve("p.jsonl"), "{\"tokens\": [5, 17, 3, 42, 8]}");
        OpenSubject.Place place = place(GOLDENS.resolve("gpt-neox"), null, null);
        Path whole = folder.resolve("whole.safetensors");
        Path some = folder.resolve("some.safetensors");
        RelationJacobian.write(request(place, prompts, "0", 3, whole, JacobianMethod.PUSHFORWARD, false), events);
        RelationJacobian.Request all = request(place, prompts, "0", 3, some, JacobianMethod.PUSHFORWARD, false);
        RelationJacobian.write(
                new RelationJacobian.Request(
                        all.place(),
                        all.prompts(),
                        all.from(),
                        all.to(),
                        all.position(),
                        all.subject(),
                        all.toPosition(),
                        all.out(),
                        all.method(),
                        Optional.of(new Span(7, 20)),
                        all.memory(),
                        all.stream(),
                        all.arithmetic()),
                events);
        try (SafetensorsFile a = SafetensorsFile.open(whole);
                SafetensorsFile b = SafetensorsFile.open(some)) {
            assertThat(b.has("bias")).isFalse();
            assertThat(b.shape("jacobian").toArray()).containsExactly(48, 13);
            float[] full = a.read("jacobian");
            float[] part = b.read("jacobian");
            for (int row = 0; row < 48; row++) {
                for (int column = 0; column < 13; column++) {
                    assertThat(part[row * 13 + column]).isEqualTo(full[row * 48 + 7 + column]);
                }
            }
        }
    }

    @Test
    void float64IsWrittenAsSuch() throws IOException {
        Path prompts = Files.writeString(folder.resolve("p.jsonl"), "{\"tokens\": [5, 17, 3, 42, 8]}");
        Path out = folder.resolve("j.safetensors");
        RelationJacobian.Request request = request(
                place(GOLDENS.resolve("gpt2"), null, null),
                prompts,
                "embed",
                2,
                out,
                JacobianMethod.PUSHFORWARD,
                false);
        RelationJacobian.write(
                new RelationJacobian.Request(
                        request.place(),
                        request.prompts(),
                        request.from(),
                        Optional.of("ln_final"),
                        request.position(),
                        request.subject(),
                        request.toPosition(),
                        out,
                        request.method(),
                        Optional.empty(),
                        request.memory(),
                        false,
                        new Arithmetic(BackendChoice.ND4J, 2, DType.FLOAT64)),
                events);
        try (SafetensorsFile file = SafetensorsFile.open(out)) {
            assertThat(file.dtype("jacobian")).hasToString("F64");
            double[] j = file.readDoubles("jacobian");
            double[] h = file.readDoubles("h");
            double[] z = file.readDoubles("z");
            double[] b = file.readDoubles("bias");
            for (int i = 0; i < 32; i++) {
                double sum = b[i];
                for (int k = 0; k < 32; k++) {
                    sum += j[i * 32 + k] * h[k];
                }
                // the same sum in another order
                assertThat(sum).isCloseTo(z[i], org.assertj.core.data.Offset.offset(1e-12));
            }
        }
    }

    @Test
    void placesThatDoNotFitAreRefused() throws IOException {
        assertThatThrownBy(() -> place(null, null, null)).hasMessageContaining("--model DIR");
        assertThatThrownBy(() -> place(null, Path.of("part"), null))
                .hasMessageContaining("boundary states")
                .hasMessageContaining("--boundary FILE");
        assertThatThrownBy(() -> place(Path.of("m"), Path.of("part"), Path.of("b")))
                .hasMessageContaining("one of");
        Path neo = GOLDENS.resolve("gpt-neo");
        Path prompts = Files.writeString(folder.resolve("p.jsonl"), PROMPTS);
        Path part = folder.resolve("part");
        SplitModel.split(new SplitModel.Request(neo, 2, part, false), (done, total) -> {});
        Path out = folder.resolve("out");
        assertThatThrownBy(() -> RelationJacobian.write(
                        request(place(neo, part, null), prompts, "0", 3, out, JacobianMethod.PUSHFORWARD, false),
                        events))
                .hasMessageContaining("below the break layer 2")
                .hasMessageContaining("start at 1 or later");
        assertThatThrownBy(() -> RelationJacobian.write(
                        request(place(neo, part, null), prompts, "embed", 3, out, JacobianMethod.PUSHFORWARD, false),
                        events))
                .hasMessageContaining("below the break layer 2");
        assertThatThrownBy(() -> RelationJacobian.write(
                        request(
                                place(GOLDENS.resolve("gpt2"), part, null),
                                prompts,
                                "1",
                                3,
                                out,
                                JacobianMethod.PUSHFORWARD,
                                false),
                        events))
                .hasMessageContaining("another model");
        assertThatThrownBy(() -> RelationJacobian.write(
                        request(place(part, null, null), prompts, "2", 3, out, JacobianMethod.PUSHFORWARD, false),
                        events))
                .hasMessageContaining("part of a model");
        Path states = folder.resolve("b.safetensors");
        boundary(
                neo,
                2,
                Files.writeString(folder.resolve("one.jsonl"), "{\"id\": \"x\", \"tokens\": [1, 2, 3, 4]}"),
                states);
        assertThatThrownBy(() -> RelationJacobian.write(
                        request(place(null, part, states), prompts, "2", 3, out, JacobianMethod.PUSHFORWARD, false),
                        events))
                .hasMessageContaining("no prompt with the tokens");
        assertThat(out.resolve("a.safetensors")).doesNotExist();
    }

    @Test
    void promptsThatDoNotFitAreRefusedWithTheirPlace() throws IOException {
        OpenSubject.Place gpt2 = place(GOLDENS.resolve("gpt2"), null, null);
        Path prompts = Files.writeString(folder.resolve("p.jsonl"), PROMPTS);
        Path out = folder.resolve("out");
        assertThatThrownBy(() -> RelationJacobian.write(
                        request(gpt2, prompts, "0", 7, out, JacobianMethod.PUSHFORWARD, false), events))
                .hasMessageContaining("line 2")
                .hasMessageContaining("position 7")
                .hasMessageContaining("0..5");
        Path longer = Files.writeString(folder.resolve("long.jsonl"), "{\"tokens\": [" + "1, ".repeat(24) + "1]}");
        assertThatThrownBy(() -> RelationJacobian.write(
                        request(gpt2, longer, "0", 0, out, JacobianMethod.PUSHFORWARD, false), events))
                .hasMessageContaining("n_ctx = 24");
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> RelationJacobian.write(
                        request(gpt2, prompts, "0", 0, file, JacobianMethod.PUSHFORWARD, false), events))
                .hasMessageContaining("is a file");
        Path odd = Files.writeString(
                folder.resolve("odd.jsonl"), "{\"id\": \"../x\", \"tokens\": [1]}\n{\"tokens\": [1]}");
        assertThatThrownBy(() -> RelationJacobian.write(
                        request(gpt2, odd, "0", 0, out, JacobianMethod.PUSHFORWARD, false), events))
                .hasMessageContaining("give a file its name");
        assertThat(file).hasContent("x");
    }

    private static OpenSubject.Place place(Path model, Path part, Path boundary) {
        return new OpenSubject.Place(
                Optional.ofNullable(model), Optional.ofNullable(part), Optional.ofNullable(boundary));
    }

    private static RelationJacobian.Request request(
            OpenSubject.Place place,
            Path prompts,
            String from,
            int position,
            Path out,
            JacobianMethod method,
            boolean stream)
            throws IOException {
        return new RelationJacobian.Request(
                place,
                Prompts.read(prompts),
                from,
                Optional.empty(),
                Optional.of(position),
                Optional.empty(),
                -1,
                out,
                method,
                Optional.empty(),
                1 << 20,
                stream,
                new Arithmetic(BackendChoice.CPU, 2, DType.FLOAT32));
    }

    private static void boundary(Path model, int layer, Path prompts, Path out) throws IOException {
        SaveBoundary.save(
                new SaveBoundary.Request(model, layer, prompts, out, 8, false, BackendChoice.CPU, 2),
                new PromptEvents() {
                    @Override
                    public void note(String note) {}

                    @Override
                    public void at(int done, int of) {}
                });
    }

    private Path copy(String name, Consumer<ObjectNode> change) throws IOException {
        Path target = Files.createDirectory(folder.resolve("model"));
        ObjectMapper json = new ObjectMapper();
        ObjectNode config = (ObjectNode)
                json.readTree(GOLDENS.resolve(name).resolve("config.json").toFile());
        change.accept(config);
        json.writeValue(target.resolve("config.json").toFile(), config);
        Files.copy(GOLDENS.resolve(name).resolve("model.safetensors"), target.resolve("model.safetensors"));
        return target;
    }
}
