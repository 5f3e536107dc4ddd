package io.reprise.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What a run ran on.
 *
 * @param java version of the runtime
 * @param vm name and version of the virtual machine
 * @param os name and version
 * @param arch processor architecture
 * @param cpu model name, "unknown" if the system does not tell
 * @param processors logical processors that this process may use
 */
public record Machine(String java, String vm, String os, String arch, String cpu, int processors) {
    /** This one. */
    public static Machine here() {
        return read(
                key -> System.getProperty(key, "unknown"),
                Path.of("/proc/cpuinfo"),
                Runtime.getRuntime().availableProcessors());
    }

    /**
     * @param property system property by name
     * @param cpuInfo Linux's list of processors; need not exist
     */
    public static Machine read(UnaryOperator<String> property, Path cpuInfo, int processors) {
        return new Machine(
                property.apply("java.version"),
                property.apply("java.vm.name") + " " + property.apply("java.vm.version"),
                property.apply("os.name") + " " + property.apply("os.version"),
                property.apply("os.arch"),
                cpuModel(cpuInfo),
                processors);
    }

    private static String cpuModel(Path cpuInfo) {
        if (!Files.isReadable(cpuInfo)) {
            return "unknown";
        }
        try (Stream<String> lines = Files.lines(cpuInfo)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
