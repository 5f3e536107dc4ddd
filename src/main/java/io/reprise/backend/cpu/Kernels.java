package io.reprise.backend.cpu;

/**
 * One provider of kernels.
 *
 * @param description for people: the provider, and why it was taken
 */
record Kernels(
        String description, ProductKernel product, PointwiseKernel pointwise, NormKernel norm, SoftmaxKernel softmax) {

    /** The SIMD kernels if this JVM has the vector module and this CPU vectors of 256 bits, else the plain ones. */
    static Kernels choose() {
        try {
            // by name: SIMD classes are compiled apart, and the JVM may run without their module
            Class<?> factory = Class.forName("io.reprise.backend.cpu.simd.SimdKernels");
            int bits = (int) factory.getMethod("nativeBits").invoke(null);
            if (bits < 256) {
                return plain("this CPU has vectors of " + bits + " bits");
            }
            PlainPointwise twin = new PlainPointwise();
            return new Kernels(
                    "SIMD, 256 bits",
                    (ProductKernel) factory.getMethod("product").invoke(null),
                    (PointwiseKernel) factory.getMethod("pointwise", PointwiseKernel.class)
                            .invoke(null, twin),
                    (NormKernel) factory.getMethod("norm").invoke(null),
                    (SoftmaxKernel) factory.getMethod("softmax").invoke(null));
        } catch (ReflectiveOperationException | LinkageError e) {
            return plain("start Java with --add-modules jdk.incubator.vector for SIMD");
        }
    }

    static Kernels plain(String reason) {
        return new Kernels(
                "plain Java: " + reason, new PlainProduct(), new PlainPointwise(), new PlainNorm(), new PlainSoftmax());
    }
}
