package io.reprise.backend.nd4j;

import io.reprise.backend.Backend;
import io.reprise.backend.BackendContract;
import io.reprise.tensor.DType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The contract in float64, over memory that is filled with NaN whenever it is given back: what reads a released array or an
 * element it did not write shows.
 */
class Nd4jFloat64Test extends BackendContract {
    private static final Backend BACKEND = new Nd4jBackend(DType.FLOAT64, Nd4jFloat64Test::poison);

    @Override
    public Backend backend() {
        return BACKEND;
    }

    static void poison(INDArray array) {
        if (array.dataType().isFPType()) {
            array.assign(Double.NaN);
        }
    }
}
