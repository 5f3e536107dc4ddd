package io.reprise.backend;

/**
 * What every backend must do. A subclass says which backend:
 *
 * <pre>
 * class CpuBackendTest extends BackendContract {
 *     private static final Backend BACKEND = new CpuBackend(…);
 *
 *     public Backend backend() { return BACKEND; }
 * }
 * </pre>
 */
public abstract class BackendContract
        implements MemoryContract,
                RowsContract,
                StacksContract,
                LinearContract,
                PointwiseContract,
                AttentionContract,
                LossContract,
                ErrorsContract {
    @Override
    public abstract Backend backend();
}
