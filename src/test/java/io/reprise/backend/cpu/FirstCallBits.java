package io.reprise.backend.cpu;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The program of a fresh JVM: calls every kernel once, before anything is compiled, and then 10,000 times, and prints a digest
 * of both results per kernel.
 */
final class FirstCallBits {
    private FirstCallBits() {}

    static final int CALLS = 10_000;

    public static void main(String[] args) {
        Map<String, Supplier<float[]>> calls = KernelCalls.of(Kernels.choose(), 29, 7, 3);
        Map<String, Integer> first = new LinkedHashMap<>();
        calls.forEach((name, call) -> first.put(name, Arrays.hashCode(call.get())));
        calls.forEach((name, call) -> {
            float[] last = new float[0];
            for (int i = 1; i < CALLS; i++) {
                last = call.get();
            }
            System.out.println(name + "\t" + first.get(name) + "\t" + Arrays.hashCode(last));
        });
    }
}
