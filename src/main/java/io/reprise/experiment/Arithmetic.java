package io.reprise.experiment;

import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.tensor.DType;

/**
 * What computes.
 *
 * @param dtype float64 is had from ND4J alone
 */
public record Arithmetic(BackendChoice backend, int threads, DType dtype) {
    public Arithmetic {
        if (backend == BackendChoice.CPU && dtype == DType.FLOAT64) {
            throw new IllegalArgumentException("the cpu backend computes in float32; choose nd4j for float64");
        }
    }
}
