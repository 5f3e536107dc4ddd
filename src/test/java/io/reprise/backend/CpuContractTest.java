package io.reprise.backend;

import io.reprise.backend.cpu.CpuBackend;

class CpuContractTest extends BackendContract {
    private static final Backend BACKEND = new CpuBackend(2);

    @Override
    public Backend backend() {
        return BACKEND;
    }
}
