package io.reprise.weights;

import io.reprise.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/** One tensor to be written. Its values may be produced piece by piece, when their turn has come. */
public final class TensorEntry {
    private final String name;
    private final StoredDType dtype;
    private final Shape shape;
    private final Filler filler;

    /** Puts elements [from, from + count), row-major, into {@code out}; called once per piece, in order. */
    @FunctionalInterface
    interface Filler {
        void fill(int from, int count, ByteBuffer out) throws IOException;
    }

    /** Produces elements [from, from + count), row-major, into {@code target} from 0 on; called once per piece, in order. */
    @FunctionalInterface
    public interface FloatSource {
        void read(int from, int count, float[] target) throws IOException;
    }

    /** Produces a whole tensor, row-major, when its turn has come. */
    @FunctionalInterface
    public interface WholeTensor {
        float[] read() throws IOException;
    }

    private TensorEntry(String name, StoredDType dtype, Shape shape, Filler filler) {
        this.name = name;
        this.dtype = dtype;
        this.shape = shape;
        this.filler = filler;
    }

    /** As F32. */
    public static TensorEntry of(String name, Shape shape, float[] values) {
        return of(name, StoredDType.F32, shape, values);
    }

    /**
     * @param dtype F32; or F16 or BF16, to which the values are rounded (nearest, ties to even)
     */
    public static TensorEntry of(String name, StoredDType dtype, Shape shape, float[] values) {
        checkFloat(name, dtype);
        checkCount(name, shape, values.length);
        return new TensorEntry(name, dtype, shape, (from, count, out) -> Codec.encode(dtype, values, from, count, out));
    }

    /** As F64. */
    public static TensorEntry of(String name, Shape shape, double[] values) {
        checkCount(name, shape, values.length);
        return new TensorEntry(name, StoredDType.F64, shape, (from, count, out) -> {
            for (int i = from; i < from + count; i++) {
                out.putLong(Double.doubleToRawLongBits(values[i]));
            }
        });
    }

    /** As I64. */
    public static TensorEntry of(String name, Shape shape, long[] values) {
        checkCount(name, shape, values.length);
        return new TensorEntry(name, StoredDType.I64, shape, (from, count, out) -> {
            for (int i = from; i < from + count; i++) {
                out.putLong(values[i]);
            }
        });
    }

    /** As I32. */
    public static TensorEntry of(String name, Shape shape, int[] values) {
        checkCount(name, shape, values.length);
        return new TensorEntry(name, StoredDType.I32, shape, (from, count, out) -> {
            for (int i = from; i < from + count; i++) {
                out.putInt(values[i]);
            }
        });
    }

    /** As U8. */
    public static TensorEntry of(String name, Shape shape, byte[] values) {
        checkCount(name, shape, values.length);
        return new TensorEntry(name, StoredDType.U8, shape, (from, count, out) -> out.put(values, from, count));
    }

    /** As BOOL. */
    public static TensorEntry of(String name, Shape shape, boolean[] values) {
        checkCount(name, shape, values.length);
        return new TensorEntry(name, StoredDType.BOOL, shape, (from, count, out) -> {
            for (int i = from; i < from + count; i++) {
                out.put((byte) (values[i] ? 1 : 0));
            }
        });
    }

    /** As {@link #of(String, StoredDType, Shape, float[])}, with the values produced in pieces: only one is in memory. */
    public static TensorEntry pieces(String name, StoredDType dtype, Shape shape, FloatSource source) {
        checkFloat(name, dtype);
        return new TensorEntry(name, dtype, shape, (from, count, out) -> {
            float[] piece = new float[count];
            source.read(from, count, piece);
            Codec.encode(dtype, piece, 0, count, out);
        });
    }

    /**
     * The very bytes of a stored tensor, copied in pieces: only one is in memory.
     *
     * @param copied is told the bytes of each piece
     */
    public static TensorEntry copyOf(WeightSource source, String name, IntConsumer copied)
            throws WeightsFormatException {
        StoredDType dtype = source.dtype(name);
        return new TensorEntry(name, dtype, source.shape(name), (from, count, out) -> {
            source.readStored(name, from, count, out);
            copied.accept(count * dtype.bytes());
        });
    }

    /** As F32, with the values produced when the tensor's turn has come, and let go after it. */
    public static TensorEntry lazy(String name, Shape shape, WholeTensor source) {
        return new TensorEntry(name, StoredDType.F32, shape, new Filler() {
            private float[] values = new float[0];

            @Override
            public void fill(int from, int count, ByteBuffer out) throws IOException {
                if (from == 0) {
                    values = source.read();
                    checkCount(name, shape, values.length);
                }
                Codec.encode(StoredDType.F32, values, from, count, out);
                if (from + count == shape.size()) {
                    values = new float[0];
                }
            }
        });
    }

    public String name() {
        return name;
    }

    public StoredDType dtype() {
        return dtype;
    }

    public Shape shape() {
        return shape;
    }

    /** Of its data. */
    public long bytes() {
        return (long) shape.size() * dtype.bytes();
    }

    void fill(int from, int count, ByteBuffer out) throws IOException {
        filler.fill(from, count, out);
    }

    private static void checkCount(String name, Shape shape, int count) {
        if (shape.size() != count) {
            throw new IllegalArgumentException("tensor \"" + name + "\" is given " + count + " values, expected "
                    + shape.size() + " for " + shape);
        }
    }

    private static void checkFloat(String name, StoredDType dtype) {
        if (!dtype.isFloatingPoint() || dtype == StoredDType.F64) {
            throw new IllegalArgumentException(
                    "tensor \"" + name + "\": floats are written as F32, F16 or BF16, not as " + dtype);
        }
    }
}
