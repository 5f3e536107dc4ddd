package io.reprise.run;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Where a run came from: the content of provenance.json. Equal provenance (but for the time) promises equal bytes in metrics.jsonl.
 *
 * @param startedAt UTC, ISO 8601
 * @param command the command line that repeats it; credentials in addresses are taken out
 * @param version of this program
 * @param git of its source, or of the directory the run was started in
 * @param backend in words: cpu, nd4j float64 …
 * @param kernels provider of the kernels: simd 256 bit, plain …
 * @param threads the run's share
 * @param dataDigests by split or file
 * @param libraries version by group:artifact
 */
public record Provenance(
        String startedAt,
        List<String> command,
        String version,
        GitState git,
        Machine machine,
        String backend,
        String kernels,
        int threads,
        Map<String, String> dataDigests,
        Map<String, String> libraries) {
    private static final List<String> LIBRARIES = List.of(
            "org.apache.commons:commons-math3",
            "org.nd4j:nd4j-api",
            "org.deeplearning4j:deeplearning4j-nn",
            "org.mlflow:mlflow-client",
            "org.xerial:sqlite-jdbc",
            "com.fasterxml.jackson.core:jackson-databind");

    public Provenance {
        command = command.stream().map(Secrets::redact).toList();
        dataDigests = Collections.unmodifiableMap(new TreeMap<>(dataDigests));
        libraries = Collections.unmodifiableMap(new TreeMap<>(libraries));
        if (threads < 1) {
            throw new IllegalArgumentException("threads = " + threads + " is less than 1");
        }
    }

    /** Collects what can be found out here; the rest is told. */
    public static Provenance collect(
            Clock clock,
            List<String> command,
            GitState git,
            Machine machine,
            String backend,
            String kernels,
            int threads,
            Map<String, String> dataDigests) {
        ClassLoader loader = Provenance.class.getClassLoader();
        return new Provenance(
                clock.instant().toString(),
                command,
                projectVersion(),
                git,
                machine,
                backend,
                kernels,
                threads,
                dataDigests,
                libraries(loader));
    }

    /** Of the jar; "development" when run from classes. */
    public static String projectVersion() {
        String version = Provenance.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    public static Provenance read(Path file) throws IOException {
        return Json.read(file, Provenance.class);
    }

    /** Versions as Maven wrote them into the libraries' jars; a library that does not say is left out. */
    private static Map<String, String> libraries(ClassLoader loader) {
        Map<String, String> versions = new TreeMap<>();
        for (String library : LIBRARIES) {
            String resource = "META-INF/maven/" + library.replace(':', '/') + "/pom.properties";
            try (InputStream in = loader.getResourceAsStream(resource)) {
                if (in != null) {
                    Properties properties = new Properties();
                    properties.load(in);
                    versions.put(library, properties.getProperty("version", "unknown"));
                }
            } catch (IOException e) {
                versions.put(library, "unknown");
            }
        }
        return versions;
    }
}
