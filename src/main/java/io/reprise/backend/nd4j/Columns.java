package io.reprise.backend.nd4j;

import io.reprise.tensor.Tensor;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Column blocks of matrices. */
final class Columns {
    private Columns() {}

    static Tensor of(Memory memory, Arguments arguments, Tensor x, int from, int to) {
        INDArray all = arguments.matrix("x", x);
        if (from < 0 || to < from || to > x.shape().dim(1)) {
            throw new IllegalArgumentException("columns " + from + " to " + to + " are not within x " + x.shape()
                    + " (from inclusive, to exclusive)");
        }
        Nd4jTensor result = memory.make(x.shape().dim(0), to - from);
        if (result.shape().size() > 0) {
            Ops.copy(all.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to)), result.array("result"));
        }
        return result;
    }

    static Tensor join(Memory memory, Arguments arguments, List<Tensor> parts) {
        int rows = parts.get(0).shape().rows();
        int columns = parts.stream().mapToInt(part -> part.shape().columns()).sum();
        for (Tensor part : parts) {
            arguments.matrix("a part", part);
            if (part.shape().rows() != rows) {
                throw new IllegalArgumentException(
                        "a part is " + part.shape() + ", expected " + rows + " rows as parts[0] has");
            }
        }
        Nd4jTensor result = memory.make(rows, columns);
        int at = 0;
        for (Tensor part : parts) {
            int end = at + part.shape().columns();
            if (part.shape().size() > 0) {
                INDArray place = result.array("result").get(NDArrayIndex.all(), NDArrayIndex.interval(at, end));
                Ops.copy(arguments.matrix("a part", part), place);
            }
            at = end;
        }
        return result;
    }
}
