package io.reprise.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.tensor.Rng;
import io.reprise.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SafetensorsRoundTripTest {
    @Property(tries = 200)
    void whatIsWrittenIsReadBackBitForBit(
            @ForAll("names") List<String> names, @ForAll long seed, @ForAll Map<String, String> metadata)
            throws IOException {
        Map<String, String> writable = new LinkedHashMap<>();
        metadata.forEach((key, value) -> writable.put(printable(key), printable(value)));
        Rng rng = Rng.of(seed);
        List<TensorEntry> entries = new ArrayList<>();
        Map<String, Object> expected = new LinkedHashMap<>();
        for (String name : names) {
            int[] dims = new int[rng.nextInt(4)];
            for (int i = 0; i < dims.length; i++) {
                dims[i] = rng.nextInt(6);
            }
            Shape shape = Shape.of(dims);
            Object values = randomValues(rng, rng.nextInt(4), shape.size());
            expected.put(name, values);
            entries.add(entry(name, shape, values));
        }
        Path path = Files.createTempFile("roundtrip", ".safetensors");
        try {
            SafetensorsWriter.writeAtomically(path, writable, entries);
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                assertThat(file.names()).containsExactlyInAnyOrderElementsOf(names);
                writable.put("format", "pt");
                assertThat(file.metadata()).isEqualTo(writable);
                for (TensorEntry entry : entries) {
                    assertThat(file.shape(entry.name())).isEqualTo(entry.shape());
                    assertThat(file.dtype(entry.name())).isEqualTo(entry.dtype());
                    assertThat(bits(readAs(file, entry.name(), expected.get(entry.name()))))
                            .isEqualTo(bits(expected.get(entry.name())));
                }
            }
        } finally {
            Files.delete(path);
        }
    }

    @Provide
    Arbitrary<List<String>> names() {
        return Arbitraries.strings()
                .ofMaxLength(12)
                .map(SafetensorsRoundTripTest::printable)
                .filter(name -> !name.equals("__metadata__"))
                .list()
                .ofMaxSize(6)
                .uniqueElements();
    }

    /** Half a surrogate pair can't be written as UTF-8. */
    private static String printable(String text) {
        StringBuilder kept = new StringBuilder();
        text.codePoints().filter(c -> c < 0xd800 || c > 0xdfff).forEach(kept::appendCodePoint);
        return kept.toString();
    }

    private static Object randomValues(Rng rng, int kind, int size) {
        float[] floats = new float[size];
        double[] doubles = new double[size];
        long[] longs = new long[size];
        boolean[] booleans = new boolean[size];
        for (int i = 0; i < size; i++) {
            floats[i] = Float.intBitsToFloat(rng.nextInt());
            longs[i] = rng.nextLong();
            doubles[i] = Double.longBitsToDouble(longs[i]);
            booleans[i] = rng.nextInt(2) == 1;
        }
        return switch (kind) {
            case 0 -> floats;
            case 1 -> doubles;
            case 2 -> longs;
            default -> booleans;
        };
    }

    private static TensorEntry entry(String name, Shape shape, Object values) {
        if (values instanceof float[] floats) {
            return TensorEntry.of(name, shape, floats);
        }
        if (values instanceof double[] doubles) {
            return TensorEntry.of(name, shape, doubles);
        }
        return values instanceof long[] longs
                ? TensorEntry.of(name, shape, longs)
                : TensorEntry.of(name, shape, (boolean[]) values);
    }

    private static Object readAs(SafetensorsFile file, String name, Object like) throws IOException {
        if (like instanceof float[]) {
            return file.read(name);
        }
        return like instanceof double[] ? file.readDoubles(name) : file.readLongs(name);
    }

    private static long[] bits(Object values) {
        if (values instanceof float[] floats) {
            long[] bits = new long[floats.length];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = Float.floatToRawIntBits(floats[i]);
            }
            return bits;
        }
        if (values instanceof double[] doubles) {
            long[] bits = new long[doubles.length];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = Double.doubleToRawLongBits(doubles[i]);
            }
            return bits;
        }
        if (values instanceof boolean[] booleans) {
            long[] bits = new long[booleans.length];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = booleans[i] ? 1 : 0;
            }
            return bits;
        }
        return (long[]) values;
    }
}
