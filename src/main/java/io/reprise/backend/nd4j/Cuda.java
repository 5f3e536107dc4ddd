package io.reprise.backend.nd4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which GPUs the CUDA build of ND4J can serve. nd4j-cuda-11.6 1.0.0-M2.1 holds machine code for compute capability 3.7, 5.0, 5.2,
 * 6.0, 6.1, 7.0, 7.5, 8.0 and 8.6 and no PTX that a driver could compile for newer cards. Machine code runs on cards of the same
 * major and an equal or higher minor version (CUDA C++ Programming Guide, "Binary Compatibility"), hence 3.7 to 8.9.
 *
 * <p>The cards are asked through JavaCPP's binding of the CUDA runtime before ND4J starts, since on a card that it has no code
 * for ND4J would fail inside native code. By reflection, because the binding is there in the Maven profile `cuda` only.
 */
public final class Cuda {
    private static final String ND4J_CUDA = "org.nd4j.linalg.jcublas.JCublasBackend";
    private static final String RUNTIME = "org.bytedeco.cuda.global.cudart";
    private static final String INSTEAD = "use backend: cpu, or the build without the profile cuda";

    /** A card as the CUDA runtime reports it. */
    public record Device(int index, int major, int minor) {}

    private Cuda() {}

    /** Whether ND4J on the class path is the CUDA build. */
    public static boolean onClassPath() {
        try {
            Class.forName(ND4J_CUDA, false, Cuda.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    /** Why {@code device} cannot be used, in one sentence; empty if it can. */
    public static Optional<String> refusal(Device device) {
        int capability = 10 * device.major() + device.minor();
        boolean served = device.major() == 3 ? device.minor() >= 7 : device.major() >= 5 && device.major() <= 8;
        if (served) {
            return Optional.empty();
        }
        return Optional.of("GPU " + device.index() + " has compute capability " + device.major() + "." + device.minor()
                + ", " + (capability > 89 ? "newer" : "older")
                + " than the CUDA build of ND4J (nd4j-cuda-11.6) supports, 3.7 to 8.9; hide it with CUDA_VISIBLE_DEVICES or "
                + INSTEAD);
    }

    /**
     * @throws IllegalArgumentException if the CUDA runtime finds no card, or one that the CUDA build cannot serve
     */
    public static void requireServed() {
        requireServed(devices());
    }

    static void requireServed(List<Device> devices) {
        if (devices.isEmpty()) {
            throw new IllegalArgumentException("the CUDA build of ND4J found no GPU; " + INSTEAD);
        }
        for (Device device : devices) {
            Optional<String> refusal = refusal(device);
            if (refusal.isPresent()) {
                throw new IllegalArgumentException(refusal.get());
            }
        }
    }

    private static List<Device> devices() {
        try {
            Class<?> runtime = Class.forName(RUNTIME);
            int[] count = new int[1];
            int error =
                    (int) runtime.getMethod("cudaGetDeviceCount", int[].class).invoke(null, count);
            requireSuccess(error);
            int major = runtime.getField("cudaDevAttrComputeCapabilityMajor").getInt(null);
            int minor = runtime.getField("cudaDevAttrComputeCapabilityMinor").getInt(null);
            List<Device> devices = new ArrayList<>();
            for (int i = 0; i < count[0]; i++) {
                devices.add(new Device(i, attribute(runtime, major, i), attribute(runtime, minor, i)));
            }
            return devices;
        } catch (ReflectiveOperationException | LinkageError broken) {
            Throwable cause = broken; // the deepest one names the missing file
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw new IllegalArgumentException(
                    "the CUDA 11.6 libraries could not be loaded (" + cause.getMessage() + "); install them or "
                            + INSTEAD,
                    broken);
        }
    }

    private static int attribute(Class<?> runtime, int attribute, int device) throws ReflectiveOperationException {
        int[] value = new int[1];
        int error = (int) runtime.getMethod("cudaDeviceGetAttribute", int[].class, int.class, int.class)
                .invoke(null, value, attribute, device);
        requireSuccess(error);
        return value[0];
    }

    private static void requireSuccess(int error) {
        if (error != 0) {
            throw new IllegalArgumentException("the CUDA runtime answers error " + error
                    + " when asked for its GPUs (100: none, 35: driver too old); " + INSTEAD);
        }
    }
}
