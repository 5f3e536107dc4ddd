package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.run.RunResults;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompareTest {
    private static final List<String> METRIC = List.of("test/accuracy");

    @TempDir
    Path runs;

    private Path run(int width, long seed, double accuracy) throws IOException {
        RunDirectory run = RunDirectory.start(
                RunLayout.locate(runs, "widths", "a" + width, seed), Clock.systemUTC(), new AtomicFile());
        Files.writeString(run.layout().config(), "name: widths\nmodel: {d_model: " + width + "}\n");
        Files.createFile(run.layout().metrics());
        run.writeResult(RunResults.of("widths", "a" + width, seed, Map.of("test/accuracy", accuracy)));
        run.finish();
        return run.layout().root();
    }

    @Test
    void aDirectoryOfRunsGetsAPageWithEveryRun() throws IOException {
        run(64, 2, 0.75);
        run(64, 1, 0.25);
        run(32, 1, 0.125);
        Compare.Compared compared = Compare.runs(List.of(runs), List.of("model.d_model"), METRIC);
        assertThat(compared.rows())
                .containsExactly(
                        List.of("32", "1", "0.1250 ± –", "0.1250"), List.of("64", "1 2", "0.5000 ± 0.3536", "0.7500"));
        assertThat(compared.page()).contains(runs.resolve("compare.html"));
        String page = Files.readString(runs.resolve("compare.html"));
        assertThat(page).contains("3 runs in 2 groups, by model.d_model").contains("0.500 ± 0.354");
        assertThat(page.replaceAll("<[^>]*>", " "))
                .containsSubsequence("seed 1", "0.125", "seed 1", "0.25", "seed 2", "0.75");
        // a page among runs disturbs no later comparison
        assertThat(Compare.runs(List.of(runs), List.of("model.d_model"), METRIC).rows())
                .isEqualTo(compared.rows());
    }

    @Test
    void runsOfOneDirectoryGetTheirPageThere() throws IOException {
        Path one = run(64, 1, 0.25);
        Path two = run(64, 2, 0.75);
        Path far = run(32, 1, 0.5);
        assertThat(Compare.runs(List.of(one, two), List.of(), METRIC).page())
                .contains(one.toAbsolutePath().getParent().resolve("compare.html"));
        assertThat(Compare.runs(List.of(one, far), List.of(), METRIC).page()).isEmpty();
        assertThat(far.getParent().resolve("compare.html")).doesNotExist();
    }

    @Test
    void whatCannotBeComparedLeavesNoPage() throws IOException {
        assertThatThrownBy(() -> Compare.runs(List.of(runs), List.of(), METRIC))
                .hasMessageContaining("no finished runs");
        run(64, 1, 0.25);
        assertThatThrownBy(() -> Compare.runs(List.of(runs), List.of("model.width"), METRIC))
                .hasMessageContaining("there are");
        assertThat(runs.resolve("compare.html")).doesNotExist();
    }
}
