package io.reprise.backend.nd4j;

import io.reprise.backend.Backend;
import io.reprise.backend.BackendContract;
import io.reprise.tensor.DType;

class Nd4jFloat32Test extends BackendContract {
    private static final Backend BACKEND = new Nd4jBackend(DType.FLOAT32, Nd4jFloat64Test::poison);

    @Override
    public Backend backend() {
        return BACKEND;
    }
}
