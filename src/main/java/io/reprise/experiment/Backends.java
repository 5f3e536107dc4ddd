package io.reprise.experiment;

import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.backend.nd4j.Nd4jBackend;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.ExperimentConfig.BackendChoice;
import io.reprise.tensor.DType;

/** Opens the backend that a config names. */
final class Backends {
    private Backends() {}

    static Backend open(ExperimentConfig config, int threads) {
        return open(config.backend().orElseThrow(), threads);
    }

    static Backend open(BackendChoice choice, int threads) {
        return open(new Arithmetic(choice, threads, DType.FLOAT32));
    }

    static Backend open(Arithmetic arithmetic) {
        return switch (arithmetic.backend()) {
            case CPU -> new CpuBackend(arithmetic.threads());
            case ND4J -> new Nd4jBackend(arithmetic.dtype());
        };
    }
}
