package io.reprise.weights;

import io.reprise.tensor.Shape;
import java.io.IOException;
import java.util.List;

/**
 * A tensor that looks into a stretch of a file, perhaps transposed or with gaps: element (i, j, …) is at {@code position +
 * (i·strides[0] + j·strides[1] + …)·bytes}. Reading gathers along the axis whose elements are closest together.
 */
final class StridedTensor implements StoredTensor {
    /** From here on elements are so far apart that each is read by itself. */
    private static final int FAR = 64;

    /** Elements gathered at a time; with {@link #FAR} their span fits an int. */
    private static final int PIECE = 1 << 16;

    private final StoredDType dtype;
    private final Shape shape;
    private final long[] strides;
    private final long position;

    private StridedTensor(StoredDType dtype, Shape shape, long[] strides, long position) {
        this.dtype = dtype;
        this.shape = shape;
        this.strides = strides;
        this.position = position;
    }

    /**
     * @param storage where the tensor's storage begins in the file
     * @throws WeightsFormatException if the tensor reaches beyond its storage
     */
    static StridedTensor of(String name, PickledTensor tensor, long storage, Object file)
            throws WeightsFormatException {
        List<Long> sizes = tensor.sizes();
        if (sizes.size() != tensor.strides().size()) {
            throw WeightsFormatException.ofTensor(
                    file,
                    name,
                    "has " + sizes.size() + " sizes and " + tensor.strides().size() + " strides");
        }
        Shape shape;
        try {
            shape = Shape.of(sizes.stream().mapToInt(Math::toIntExact).toArray());
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw WeightsFormatException.ofTensor(
                    file, name, "has sizes " + sizes + "; 0 to 2^31-1 elements can be read");
        }
        long elements = tensor.storage().bytes() / tensor.dtype().bytes();
        if (reach(tensor, shape) > elements) {
            throw WeightsFormatException.ofTensor(
                    file,
                    name,
                    "with sizes " + sizes + ", strides " + tensor.strides() + " and offset " + tensor.offset()
                            + " reaches beyond its storage of " + elements + " elements");
        }
        if (shape.size() > elements) {
            throw WeightsFormatException.ofTensor(
                    file,
                    name,
                    "shows a storage of " + elements + " elements as " + shape + "; save it with .contiguous()");
        }
        long[] strides = tensor.strides().stream().mapToLong(Long::longValue).toArray();
        return new StridedTensor(
                tensor.dtype(),
                shape,
                strides,
                storage + tensor.offset() * tensor.dtype().bytes());
    }

    /** Elements that the storage must have; more than any has if that can't be told. */
    private static long reach(PickledTensor tensor, Shape shape) {
        if (tensor.offset() < 0 || tensor.strides().stream().anyMatch(stride -> stride < 0)) {
            return Long.MAX_VALUE;
        }
        if (shape.size() == 0) {
            return tensor.offset();
        }
        try {
            long last = tensor.offset();
            for (int i = 0; i < shape.rank(); i++) {
                last = Math.addExact(last, Math.multiplyExact(tensor.strides().get(i), shape.dim(i) - 1L));
            }
            return Math.addExact(last, 1L);
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public StoredDType dtype() {
        return dtype;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public void read(PositionalReader reader, int from, int to, PositionalReader.Chunk sink) throws IOException {
        int columns = shape.columns();
        if (from == to || columns == 0) {
            return;
        }
        long columnStride = shape.rank() == 0 ? 1 : strides[shape.rank() - 1];
        long rowStride = rowStride();
        if (rowStride >= 0) {
            read(reader, from * rowStride, to - from, rowStride, columns, columnStride, 0, sink);
            return;
        }
        for (int row = from; row < to; row++) {
            read(reader, offset(row), 1, 0, columns, columnStride, (row - from) * columns, sink);
        }
    }

    /** Between any two neighbouring rows; -1 if that differs. */
    private long rowStride() {
        long stride = 0;
        long next = 0; // what the axis before must have for its rows to follow on
        for (int i = shape.rank() - 2; i >= 0; i--) {
            if (shape.dim(i) == 1) {
                continue;
            }
            if (next == 0) {
                stride = strides[i];
            } else if (strides[i] != next) {
                return -1;
            }
            next = strides[i] * shape.dim(i);
            if (next == 0) {
                return allOne(i) ? 0 : -1;
            }
        }
        return stride;
    }

    private boolean allOne(int axes) {
        for (int i = 0; i < axes; i++) {
            if (shape.dim(i) != 1) {
                return false;
            }
        }
        return true;
    }

    /** Of a row's first element, from the tensor's. */
    private long offset(int row) {
        long offset = 0;
        int rest = row;
        for (int i = shape.rank() - 2; i >= 0; i--) {
            offset += rest % shape.dim(i) * strides[i];
            rest /= shape.dim(i);
        }
        return offset;
    }

    private void read(
            PositionalReader reader,
            long start,
            int rows,
            long rowStride,
            int columns,
            long columnStride,
            int index,
            PositionalReader.Chunk sink)
            throws IOException {
        if (columnStride == 1 && (rows == 1 || rowStride == columns)) {
            run(reader, start, rows * columns, 1, index, 1, sink);
        } else if (rows == 1 || columnStride <= rowStride) {
            for (int row = 0; row < rows; row++) {
                run(reader, start + row * rowStride, columns, columnStride, index + row * columns, 1, sink);
            }
        } else {
            for (int column = 0; column < columns; column++) {
                run(reader, start + column * columnStride, rows, rowStride, index + column, columns, sink);
            }
        }
    }

    /** {@code count} elements, {@code stride} apart in the file and {@code step} apart in what is read. */
    private void run(
            PositionalReader reader,
            long start,
            int count,
            long stride,
            int index,
            int step,
            PositionalReader.Chunk sink)
            throws IOException {
        int width = dtype.bytes();
        if (stride == 1 && step == 1) {
            reader.read(position + start * width, count, width, (bytes, i, n) -> sink.accept(bytes, index + i, n));
            return;
        }
        boolean close = stride > 0 && stride < FAR;
        int most = close ? PIECE : 1;
        for (int done = 0; done < count; done += most) {
            int from = done;
            int apart = close ? (int) stride : 1;
            int span = (Math.min(most, count - done) - 1) * apart + 1;
            reader.read(position + (start + done * stride) * width, span, width, (bytes, i, n) -> {
                for (int at = (apart - i % apart) % apart; at < n; at += apart) {
                    sink.accept(bytes.position(at * width), index + (from + (i + at) / apart) * step, 1);
                }
            });
        }
    }
}
