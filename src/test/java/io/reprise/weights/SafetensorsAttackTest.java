package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that break one rule each, after the format's own tests and its list of attacks. */
class SafetensorsAttackTest {
    @TempDir
    Path directory;

    static Stream<Arguments> brokenHeaders() {
        String a = "\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}";
        return Stream.of(
                attack("not JSON", "{hello", 0, "not valid JSON"),
                attack("ends within the object", "{" + a, 4, "not valid JSON"),
                attack("an array", "[]", 0, "expected '{'"),
                attack("white space before the object", " {}", 0, "starts with byte 0x20, expected '{'"),
                attack("two objects", "{}{}", 0, "goes on after its JSON object"),
                attack("a tensor twice", "{" + a + "," + a + "}", 4, "Duplicate field 'a'"),
                attack(
                        "a tensor twice, once escaped",
                        "{" + a + "," + a.replace("\"a\"", "\"\\u0061\"") + "}",
                        4,
                        "Duplicate"),
                attack(
                        "a key twice",
                        "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}",
                        1,
                        "Duplicate"),
                attack("metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "Duplicate"),
                attack("metadata is null", "{\"__metadata__\":null}", 0, "__metadata__ is not an object of strings"),
                attack(
                        "metadata with a number",
                        "{\"__metadata__\":{\"k\":1}}",
                        0,
                        "__metadata__ \"k\" is not a string"),
                attack("metadata nested", "{\"__metadata__\":{\"k\":{}}}", 0, "\"k\" is not a string"),
                attack(
                        "half a surrogate pair",
                        "{\"\\ud800\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}",
                        1,
                        "surrogate"),
                attack("not an object", "{\"a\":[]}", 0, "tensor \"a\" is not an object"),
                attack(
                        "unknown dtype",
                        "{\"a\":{\"dtype\":\"F7\",\"shape\":[],\"data_offsets\":[0,4]}}",
                        4,
                        "dtype \"F7\", expected one of F64, F32"),
                attack(
                        "dtype is a number",
                        "{\"a\":{\"dtype\":32,\"shape\":[],\"data_offsets\":[0,4]}}",
                        4,
                        "dtype that is not a string"),
                attack("no dtype", "{\"a\":{\"shape\":[],\"data_offsets\":[0,4]}}", 4, "has no dtype"),
                attack("no shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "has no shape"),
                attack("no data_offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}", 4, "has no data_offsets"),
                attack(
                        "an unknown key",
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4],\"x\":1}}",
                        4,
                        "key \"x\", expected only"),
                attack("negative extent", shaped("[-4]", 0, 4), 4, "negative number -4 in its shape"),
                attack("fraction", shaped("[4.0]", 0, 4), 4, "something else than whole numbers"),
                attack("shape is a number", shaped("4", 0, 4), 4, "shape that is not a list"),
                attack("nested shape", shaped("[[4]]", 0, 4), 4, "something else than whole numbers"),
                attack("extent beyond 2^63", shaped("[9223372036854775808]", 0, 4), 4, "out of range of long"),
                attack(
                        "offset beyond 2^64",
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,18446744073709551617]}}",
                        1,
                        "out of range of long"),
                attack("product overflows to 0", shaped("[4294967296,4294967296]", 0, 0), 0, "at most 2^31-1 elements"),
                attack(
                        "product overflows to 4",
                        shaped("[2147483647,2147483647,2147483647]", 0, 4),
                        4,
                        "at most 2^31-1 elements"),
                attack("a thousand extents", shaped("[" + "1,".repeat(999) + "1]", 0, 1), 1, "more than 64 numbers"),
                attack(
                        "one offset",
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4]}}",
                        4,
                        "data_offsets [4], expected [begin, end]"),
                attack(
                        "three offsets",
                        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4,4]}}",
                        4,
                        "expected [begin, end]"),
                attack("ends before it begins", shaped("[4]", 4, 0), 4, "data_offsets [4, 0], expected [begin, end]"),
                attack("negative offset", shaped("[4]", -4, 0), 4, "negative number -4 in its data_offsets"),
                attack(
                        "too few bytes for its shape",
                        shaped("[5]", 0, 4),
                        4,
                        "has 4 bytes in data_offsets, expected 5 for U8 [5]"),
                attack(
                        "starts after 0",
                        shaped("[4]", 4, 8),
                        8,
                        "begins at byte 4 of the data, expected 0 (nothing may lie between)"),
                attack(
                        "overlap",
                        two(2, 6),
                        6,
                        "tensor \"b\" begins at byte 2 of the data, expected 4 (it overlaps the one before)"),
                attack("the same bytes twice", two(0, 4), 4, "begins at byte 0 of the data, expected 4 (it overlaps"),
                attack("hole", two(5, 9), 9, "begins at byte 5 of the data, expected 4 (nothing may lie between)"),
                attack(
                        "data cut off",
                        two(4, 8),
                        7,
                        "holds 7 bytes of data, expected 8 from its header; the file is truncated"),
                attack(
                        "data appended",
                        two(4, 8),
                        9,
                        "holds 9 bytes of data, expected 8 from its header; something was appended"),
                attack("data without tensors", "{}", 1, "holds 1 bytes of data, expected 0"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenHeaders")
    void refusesBrokenHeader(String name, String header, int dataBytes, String message) {
        Path file = RawFile.write(directory, header, dataBytes);
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(WeightsFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void refusesHeaderLengthsThatCannotBe() {
        byte[] header = "{}".getBytes(StandardCharsets.UTF_8);
        refused(RawFile.write(directory, Long.MIN_VALUE, header, 0), "header length is 9223372036854775808 bytes");
        refused(RawFile.write(directory, -1, header, 0), "header length is 18446744073709551615 bytes");
        refused(RawFile.write(directory, 100_000_001, header, 0), "at most 100000000 are allowed");
        refused(RawFile.write(directory, 100_000_000, header, 0), "only 2 follow; the file is truncated");
        refused(RawFile.write(directory, 3, header, 0), "header length is 3 bytes but only 2 follow");
        refused(RawFile.write(directory, 0, header, 0), "header is empty");
        refused(RawFile.write(directory, 1, header, 0), "not valid JSON");
    }

    @Test
    void refusesFilesWithoutAWholeLength() throws IOException {
        for (int bytes = 0; bytes < 8; bytes++) {
            refused(Files.write(directory.resolve("short" + bytes), new byte[bytes]), "has " + bytes + " bytes");
        }
    }

    @Test
    void refusesHeadersThatAreNotUtf8() {
        byte[] latin = "{\"\u00e9\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}"
                .getBytes(StandardCharsets.ISO_8859_1);
        refused(RawFile.write(directory, latin, 1), "header is not UTF-8");
        byte[] overlong =
                "{\"??\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}".getBytes(StandardCharsets.US_ASCII);
        overlong[2] = (byte) 0xc0;
        overlong[3] = (byte) 0x80;
        refused(RawFile.write(directory, overlong, 1), "header is not UTF-8");
    }

    @Test
    void refusesWhatIsNotAFile() {
        refused(directory, "is not a file");
        refused(directory.resolve("nothing.safetensors"), "no such file");
    }

    @Test
    void refusesAHundredMegabytesOfNestingWithoutRunningOutOfStack() throws IOException {
        Path file = directory.resolve("deep.safetensors");
        byte[] deep = "{\"a\":".concat("[".repeat(1 << 20)).getBytes(StandardCharsets.US_ASCII);
        Files.write(file, Files.readAllBytes(RawFile.write(directory, deep, 0)));
        refused(file, "tensor \"a\" is not an object");
        byte[] inShape = "{\"a\":{\"shape\":".concat("[".repeat(1 << 20)).getBytes(StandardCharsets.US_ASCII);
        refused(RawFile.write(directory, inShape, 0), "something else than whole numbers");
    }

    @Test
    void aFileCutAfterOpeningIsAnError() throws IOException {
        Path path = RawFile.write(directory, shaped("[8]", 0, 8), 8);
        try (SafetensorsFile file = SafetensorsFile.open(path);
                RandomAccessFile cut = new RandomAccessFile(path.toFile(), "rw")) {
            cut.setLength(cut.length() - 3);
            assertThatThrownBy(() -> file.read("a"))
                    .isInstanceOf(WeightsFormatException.class)
                    .hasMessageContaining("it was longer when it was opened");
        }
    }

    @Test
    void acceptsWhatTheFormatAllows() throws IOException {
        String odd = "{\"z\":{\"shape\":[],\"data_offsets\":[4,8],\"dtype\":\"F32\"},"
                + "\"\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[4,4]},"
                + "\"\u4e2d\\n\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
                + "\"__metadata__\":{\"\":\"\"}}  \n\t ";
        try (SafetensorsFile file = SafetensorsFile.open(RawFile.write(directory, odd, 8))) {
            assertThat(file.names()).containsExactly("\u4e2d\n", "", "z");
            assertThat(file.read("")).isEmpty();
            assertThat(file.read("z")).containsExactly(0f);
            assertThat(file.metadata()).containsEntry("", "").hasSize(1);
        }
        try (SafetensorsFile empty = SafetensorsFile.open(RawFile.write(directory, "{}", 0))) {
            assertThat(empty.names()).isEmpty();
        }
    }

    private static Arguments attack(String name, String header, int dataBytes, String message) {
        return Arguments.of(name, header, dataBytes, message);
    }

    private static String shaped(String shape, long begin, long end) {
        return "{\"a\":{\"dtype\":\"U8\",\"shape\":" + shape + ",\"data_offsets\":[" + begin + "," + end + "]}}";
    }

    /** a at [0, 4] and b where told, 4 bytes each, unless it says more. */
    private static String two(long begin, long end) {
        return "{\"b\":{\"dtype\":\"U8\",\"shape\":[" + (end - begin) + "],\"data_offsets\":[" + begin + "," + end
                + "]}," + "\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}";
    }

    private static void refused(Path file, String message) {
        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(WeightsFormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message);
    }
}
