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
        return switch (choice) {
            case CPU -> new CpuBackend(threads);
            case ND4J -> new Nd4jBackend(DType.FLOAT32);
        };
    }
}
