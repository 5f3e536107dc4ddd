package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.tensor.Rng;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the bytes are: a typed error or a file that can be read, soon, within the heap. */
@Tag("slow")
class SafetensorsFuzzTest {
    private static final String HEADER = "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
            + "\"\u00e4\\n\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[24,32]},"
            + "\"s\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[32,34]},"
            + "\"e\":{\"dtype\":\"BOOL\",\"shape\":[0,9],\"data_offsets\":[34,34]}}";

    @TempDir
    Path directory;

    private int opened;
    private int refused;

    @Test
    void everySingleByteChange() throws IOException {
        byte[] original = Files.readAllBytes(RawFile.write(directory, HEADER, 34));
        int headerEnd = original.length - 34;
        for (int at = 0; at < headerEnd; at++) {
            for (int value = 0; value < 256; value++) {
                byte[] changed = original.clone();
                changed[at] = (byte) value;
                survives(changed, at + " := " + value);
            }
        }
        assertThat(refused).isGreaterThan(headerEnd * 200);
        assertThat(opened).isGreaterThanOrEqualTo(headerEnd);
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] original = Files.readAllBytes(RawFile.write(directory, HEADER, 34));
        for (int length = 0; length < original.length; length++) {
            survives(java.util.Arrays.copyOf(original, length), "length " + length);
        }
        assertThat(refused).isEqualTo(original.length);
    }

    @Test
    void manyByteChangesAtOnce() throws IOException {
        byte[] original = Files.readAllBytes(RawFile.write(directory, HEADER, 34));
        String alphabet = "{}[]\",:0123456789-.eE\\ut \n";
        for (int seed = 0; seed < 50_000; seed++) {
            Rng rng = Rng.of(seed);
            byte[] changed = original.clone();
            for (int i = rng.nextInt(6); i >= 0; i--) {
                changed[8 + rng.nextInt(changed.length - 42)] = (byte) alphabet.charAt(rng.nextInt(alphabet.length()));
            }
            survives(changed, "seed " + seed);
        }
        assertThat(refused).isGreaterThan(40_000);
    }

    @Test
    void claimedHeaderLengthsOfEverySize() throws IOException {
        byte[] original = Files.readAllBytes(RawFile.write(directory, HEADER, 34));
        for (int bit = 0; bit < 64; bit++) {
            for (long delta = -2; delta <= 2; delta++) {
                byte[] changed = original.clone();
                ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(0, (1L << bit) + delta);
                survives(changed, "2^" + bit + " + " + delta);
            }
        }
        assertThat(opened).isZero();
    }

    private void survives(byte[] bytes, String what) throws IOException {
        Path path = directory.resolve("fuzz.safetensors");
        Files.deleteIfExists(path); // some file systems write an overwritten file to the disk at once
        Files.write(path, bytes);
        Assertions.assertTimeout(
                Duration.ofSeconds(10),
                () -> {
                    try (SafetensorsFile file = SafetensorsFile.open(path)) {
                        for (String name : file.names()) {
                            readWhole(file, name);
                        }
                        opened++;
                    } catch (WeightsFormatException e) {
                        assertThat(e).hasMessageStartingWith(path + ": ");
                        refused++;
                    } catch (RuntimeException | Error e) {
                        throw new AssertionError(what + " gave " + e, e);
                    }
                },
                what);
    }

    private static void readWhole(SafetensorsFile file, String name) throws IOException {
        if (file.dtype(name).isFloatingPoint()) {
            assertThat(file.read(name)).hasSize(file.shape(name).size());
        } else {
            assertThat(file.readLongs(name)).hasSize(file.shape(name).size());
        }
    }
}
