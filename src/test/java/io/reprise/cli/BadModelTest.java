package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Model directories that are broken, of two models, or meant to do harm: every command that opens one says what is wrong. */
class BadModelTest {
    private static final Path GOLDENS = Path.of("src/test/resources/goldens");
    private static final Path PICKLES = Path.of("src/test/resources/pickles");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private Path model;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void copyOfAGoodModel() throws IOException {
        model = Files.createDirectory(folder.resolve("model"));
        for (String file : new String[] {"config.json", "model.safetensors"}) {
            Files.copy(GOLDENS.resolve("gpt2").resolve(file), model.resolve(file));
        }
        Files.writeString(folder.resolve("prompts.jsonl"), "{\"tokens\": [1, 2, 3]}\n");
    }

    /** What is done to a good model directory. */
    @FunctionalInterface
    interface Harm {
        void to(Path model) throws IOException;
    }

    static Stream<Arguments> harms() {
        String of = "is not a tensor of the model that the config describes";
        return Stream.of(
                weights("truncated", file -> Arrays.copyOf(file, file.length - 5), "the file is truncated"),
                weights("cut within its header", file -> Arrays.copyOf(file, 99), "the file is truncated"),
                weights("nothing but its length", file -> Arrays.copyOf(file, 8), "the file is truncated"),
                weights("longer than it says", file -> Arrays.copyOf(file, file.length + 4), "something was appended"),
                weights("a header of 2^63 bytes", file -> put(file, 7, 0x80), "header length is 9223372036854"),
                header("overlapping", h -> offsets(h, -4), "(it overlaps the one before)"),
                header("holes", h -> offsets(h, 4), "(nothing may lie between)"),
                header(
                        "an unknown dtype",
                        h -> bias(h).put("dtype", "F7"),
                        "has dtype \"F7\", expected one of F64, F32"),
                header("integers", h -> bias(h).put("dtype", "I32"), "ln_f.bias is I32, expected floating point"),
                header(
                        "half as many bytes",
                        h -> bias(h).put("dtype", "F16"),
                        "has 128 bytes in data_offsets, expected 64"),
                header("a tensor too many", h -> h.set("score.weight", h.remove("transformer.ln_f.bias")), of),
                header("a tensor too few", h -> h.set("x", h.remove("transformer.ln_f.bias")), "ln_f.bias is missing"),
                harm(
                        "weights of another model",
                        model ->
                                copy(GOLDENS.resolve("gpt2-relu-untied/model.safetensors"), model, "model.safetensors"),
                        "Config and weights are of different models."),
                harm(
                        "a missing shard",
                        model -> {
                            Files.delete(model.resolve("model.safetensors"));
                            Files.writeString(
                                    model.resolve("model.safetensors.index.json"),
                                    "{\"weight_map\": {\"transformer.wte.weight\": \"model-00001-of-00002.safetensors\"}}");
                        },
                        "the shard model-00001-of-00002.safetensors is missing; copy it beside the index"),
                harm(
                        "a missing shard of pytorch_model.bin",
                        model -> {
                            Files.delete(model.resolve("model.safetensors"));
                            Path shards = PICKLES.resolve("shards");
                            copy(shards.resolve("pytorch_model.bin.index.json"), model, "pytorch_model.bin.index.json");
                        },
                        "the shard pytorch_model-0000"),
                harm(
                        "no weights",
                        model -> Files.delete(model.resolve("model.safetensors")),
                        "has no weights; expected"),
                harm(
                        "an index without a map",
                        model -> Files.move(
                                model.resolve("model.safetensors"), model.resolve("model.safetensors.index.json")),
                        "is not valid JSON"),
                config(
                        "a key that would change the model",
                        c -> c.put("add_cross_attention", true),
                        "add_cross_attention is true: cross-attention is not supported"),
                config(
                        "an unknown key",
                        c -> c.put("flux", 3),
                        "flux = 3 is no key of a GPT-2 config, so what it does"),
                config("another family", c -> c.put("model_type", "llama"), "model_type is \"llama\", expected one of"),
                config("heads that don't divide", c -> c.put("n_head", 5), "n_head = 5 does not divide n_embd = 32"),
                harm(
                        "a config that isn't one",
                        model -> Files.writeString(model.resolve("config.json"), "{"),
                        "config.json"),
                pickle("attack-system", "names \"posix.system\""),
                pickle("attack-system-legacy", "names \"posix.system\""),
                pickle("attack-exec", "names \"__builtin__.exec\""),
                pickle("attack-attrgetter", "names \"operator.attrgetter\""),
                harm(
                        "a pickle of protocol 0",
                        model -> {
                            Files.delete(model.resolve("model.safetensors"));
                            Files.writeString(model.resolve("pytorch_model.bin"), "cos\nsystem\n(S'ls'\ntR.");
                        },
                        "names \"os.system\""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("harms")
    void everyCommandThatOpensAModelSaysWhatIsWrong(String name, Harm harm, String message) throws IOException {
        harm.to(model);
        refused(message, "inspect", model.toString());
        refused(message, "lens", "--model", model.toString(), "--tokens", "1,2,3");
        refused(message, features());
        assertThat(folder.resolve("f.safetensors")).doesNotExist();
    }

    @Test
    void theModelThatIsHarmedIsGoodBefore() {
        assertThat(type("inspect", model.toString())).as(text(err)).isZero();
        assertThat(type("lens", "--model", model.toString(), "--tokens", "1,2,3"))
                .as(text(err))
                .isZero();
        assertThat(type(features())).as(text(err)).isZero();
    }

    @Test
    void aPickleThatTriesToRunCodeSaysSoAndWhatToDo() throws IOException {
        Path file = copy(PICKLES.resolve("attack-eval.bin"), folder, "pytorch_model.bin");
        refused(
                "pytorch_model.bin: names \"__builtin__.eval\" in its pickle, which no tensor needs: the file may try to run"
                        + " code, and was not read further. If you trust where it comes from, load it in Python and save"
                        + " model.state_dict() as safetensors",
                "inspect",
                file.toString());
    }

    /** Only who reads the weights can see it. */
    @Test
    void weightsThatAreNoNumbersAreNamed() throws IOException {
        Path file = model.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
        Files.write(file, bytes);
        String message = " holds NaN in row ";
        for (String residency : new String[] {"", "--stream"}) {
            refused(message, with(residency, "lens", "--model", model.toString(), "--tokens", "1,2,3"));
        }
    }

    @Test
    void infiniteWeightsAreNamedToo() throws IOException {
        Path file = model.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NEGATIVE_INFINITY);
        Files.write(file, bytes);
        refused(" holds -Infinity in row ", "lens", "--model", model.toString(), "--tokens", "1,2,3");
    }

    @Test
    void whatIsNothingToInspectIsSaid() throws IOException {
        refused("does not exist; expected a run directory, a model directory", "inspect", "nothing/there");
        refused("is not a model directory; expected config.json", "inspect", folder.toString());
        Path page = Files.writeString(folder.resolve("page.bin"), "<!DOCTYPE html>");
        refused("starts with byte 0x3c, which no file of torch.save does", "inspect", page.toString());
        refused("--depth is 0, expected 1 or more", "inspect", model.toString(), "--depth", "0");
        refused("contradict each other", "inspect", model.toString(), "--depth", "2", "--all");
        refused("'x' is not an int", "inspect", model.toString(), "--depth", "x");
        refused(
                "cannot write",
                "inspect",
                model.toString(),
                "--html",
                folder.resolve("no/such/x.html").toString());
    }

    private String[] features() {
        return new String[] {
            "features",
            "--model",
            model.toString(),
            "--prompts",
            folder.resolve("prompts.jsonl").toString(),
            "--sites",
            "h.1",
            "--out",
            folder.resolve("f.safetensors").toString()
        };
    }

    private static String[] with(String word, String... words) {
        return word.isEmpty()
                ? words
                : Stream.concat(Arrays.stream(words), Stream.of(word)).toArray(String[]::new);
    }

    private static Arguments harm(String name, Harm harm, String message) {
        return Arguments.of(name, harm, message);
    }

    private static Arguments weights(String name, UnaryOperator<byte[]> change, String message) {
        return harm(
                name,
                model -> {
                    Path file = model.resolve("model.safetensors");
                    Files.write(file, change.apply(Files.readAllBytes(file)));
                },
                message);
    }

    private static Arguments header(String name, Consumer<ObjectNode> change, String message) {
        return harm(
                name,
                model -> {
                    Path file = model.resolve("model.safetensors");
                    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
                    byte[] text = new byte[(int) bytes.getLong()];
                    bytes.get(text);
                    ObjectNode header = (ObjectNode) JSON.readTree(text);
                    change.accept(header);
                    byte[] changed = header.toString().getBytes(StandardCharsets.UTF_8);
                    ByteBuffer all = ByteBuffer.allocate(8 + changed.length + bytes.remaining())
                            .order(ByteOrder.LITTLE_ENDIAN);
                    Files.write(
                            file,
                            all.putLong(changed.length).put(changed).put(bytes).array());
                },
                message);
    }

    private static Arguments config(String name, Consumer<ObjectNode> change, String message) {
        return harm(
                name,
                model -> {
                    Path file = model.resolve("config.json");
                    ObjectNode config = (ObjectNode) JSON.readTree(Files.readString(file));
                    change.accept(config);
                    Files.writeString(file, config.toString());
                },
                message);
    }

    private static Arguments pickle(String name, String message) {
        return harm(
                name,
                model -> {
                    Files.delete(model.resolve("model.safetensors"));
                    copy(PICKLES.resolve(name + ".bin"), model, "pytorch_model.bin");
                },
                message);
    }

    private static ObjectNode bias(ObjectNode header) {
        return (ObjectNode) header.get("transformer.ln_f.bias");
    }

    /** Of a tensor in the middle, both moved. */
    private static void offsets(ObjectNode header, int by) {
        ArrayNode offsets = (ArrayNode) header.get("transformer.h.1.ln_1.bias").get("data_offsets");
        offsets.set(0, offsets.get(0).longValue() + by);
        offsets.set(1, offsets.get(1).longValue() + by);
    }

    private static byte[] put(byte[] bytes, int at, int value) {
        Arrays.fill(bytes, 0, 8, (byte) 0);
        bytes[at] = (byte) value;
        return bytes;
    }

    private static Path copy(Path from, Path directory, String name) throws IOException {
        Path to = directory.resolve(name);
        Files.deleteIfExists(to);
        return Files.copy(from, to);
    }

    private void refused(String message, String... words) {
        assertThat(type(words)).as(text(err)).isEqualTo(2);
        assertThat(text(err)).contains(message).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(text(out)).isEmpty();
    }

    private int type(String... words) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                100);
        return Reprise.run(new Rooms(List.of(words), folder), terminal, words);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
