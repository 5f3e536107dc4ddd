package io.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProvenanceTest {
    private static final String COMMIT = "0123456789012345678901234567890123456789";

    @TempDir
    Path directory;

    private Provenance provenance() {
        return Provenance.collect(
                Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC),
                List.of("run", "x.yaml", "tracking_uri=https://ada:secret@tracking.example/base"),
                new GitState(COMMIT, true),
                Machine.here(),
                "cpu",
                "plain",
                2,
                Map.of("train", "ab"));
    }

    @Test
    void readsBackAsWritten() throws IOException {
        Path file = directory.resolve("provenance.json");
        Files.writeString(file, Json.write(provenance()));
        assertThat(Provenance.read(file)).isEqualTo(provenance());
        assertThat(Files.readString(file)).contains("\"started_at\" : \"2026-01-02T03:04:05Z\"");
    }

    @Test
    void keepsNoCredentials() {
        assertThat(Json.write(provenance()))
                .contains("tracking_uri=https://tracking.example/base")
                .doesNotContain("secret")
                .doesNotContain("ada");
    }

    @Test
    void knowsItsLibraries() {
        assertThat(provenance().libraries()).containsKeys("org.xerial:sqlite-jdbc", "org.nd4j:nd4j-api");
    }

    @Test
    void readsTheProcessorsName() throws IOException {
        Path info = directory.resolve("cpuinfo");
        Files.writeString(info, "processor\t: 0\nmodel name\t: Made Up 9000 @ 2GHz\n");
        assertThat(Machine.read(key -> key, info, 2).cpu()).isEqualTo("Made Up 9000 @ 2GHz");
        assertThat(Machine.read(key -> key, directory.resolve("none"), 2).cpu()).isEqualTo("unknown");
    }

    @Test
    void asksGitForCommitAndChanges() {
        GitState.Query dirty =
                arguments -> Optional.of(arguments.contains("rev-parse") ? COMMIT + "\n" : " M pom.xml\n");
        assertThat(GitState.read(dirty)).isEqualTo(new GitState(COMMIT, true));
        assertThat(GitState.read(arguments -> Optional.empty())).isEqualTo(GitState.UNKNOWN);
        assertThat(GitState.read(GitState.program(directory))).isEqualTo(GitState.UNKNOWN);
    }

    @Test
    void strictJsonNamesFileAndLine() throws IOException {
        Path file = directory.resolve("git.json");
        Files.writeString(file, "{\"commit\": \"x\",\n\"dirty\": true, \"dirt\": 1}");
        assertThatThrownBy(() -> Json.read(file, GitState.class))
                .hasMessageContaining("git.json line 2 is not a valid GitState")
                .hasMessageContaining("dirt");
        Files.writeString(file, "{\"commit\": \"x\"}");
        assertThatThrownBy(() -> Json.read(file, GitState.class)).hasMessageContaining("dirty");
        Files.writeString(file, "{\"commit\": \"x\", \"dirty\": true} {}");
        assertThatThrownBy(() -> Json.read(file, GitState.class)).hasMessageContaining("railing");
    }
}
