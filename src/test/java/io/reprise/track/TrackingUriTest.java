package io.reprise.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrackingUriTest {
    private static TrackingUri parse(String uri) {
        return TrackingUri.parse(uri, Map.of());
    }

    @Test
    void sqlitePathsFollowSqlalchemy() {
        assertThat(parse("sqlite:///runs/mlflow.db").file()).contains(Path.of("runs/mlflow.db"));
        assertThat(parse("sqlite:////data/mlflow.db").file()).contains(Path.of("/data/mlflow.db"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sqlite:",
                "sqlite://mlflow.db",
                "sqlite:///",
                "sqlite:///dir/",
                "databricks",
                "ftp://u:secret@h/",
                "",
                "http://",
                "http://u:secret@ho st",
                "http://u:secret@host?x=1",
                "postgresql://u:secret@db/mlflow"
            })
    void othersAreErrorsThatNameWhatIsAcceptedAndKeepSecrets(String uri) {
        assertThatThrownBy(() -> parse(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tracking_uri")
                .hasMessageContaining("use sqlite:///path/to/mlflow.db")
                .hasMessageContaining("https://host")
                .hasMessageNotContaining("secret");
    }

    @Test
    void serversTextHasNoCredentialsAndNoSlashAtItsEnd() {
        TrackingUri uri = parse("https://ada:p%40ss+1@host:5000/mlflow/");
        assertThat(uri).hasToString("https://host:5000/mlflow");
        assertThat(uri.user()).isEqualTo("ada");
        assertThat(uri.password()).isEqualTo("p@ss+1");
    }

    @Test
    void environmentsCredentialsAreUsed() {
        assertThat(TrackingUri.parse("http://h", Map.of("MLFLOW_TRACKING_TOKEN", "t"))
                        .authorization())
                .contains("Bearer t");
        Map<String, String> both = Map.of("MLFLOW_TRACKING_USERNAME", "u", "MLFLOW_TRACKING_PASSWORD", "p");
        assertThat(TrackingUri.parse("http://h", both).authorization()).contains("Basic dTpw");
        assertThat(parse("http://h").authorization()).isEmpty();
    }
}
