package io.reprise.backend.cpu.simd;

import io.reprise.backend.cpu.NormKernel;
import io.reprise.backend.cpu.PointwiseKernel;
import io.reprise.backend.cpu.ProductKernel;
import io.reprise.backend.cpu.SoftmaxKernel;
import jdk.incubator.vector.FloatVector;

/** The door to this package, opened reflectively. */
public final class SimdKernels {
    private SimdKernels() {}

    /** Bits of this CPU's float vectors. */
    public static int nativeBits() {
        return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }

    public static ProductKernel product() {
        return new SimdProduct();
    }

    /** @param plain for the elements after the last whole vector */
    public static PointwiseKernel pointwise(PointwiseKernel plain) {
        return new SimdPointwise(plain);
    }

    public static NormKernel norm() {
        return new SimdNorm();
    }

    public static SoftmaxKernel softmax() {
        return new SimdSoftmax();
    }
}
