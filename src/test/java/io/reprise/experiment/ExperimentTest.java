package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.backend.Scope;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.config.ExperimentConfig;
import io.reprise.data.Dataset;
import io.reprise.data.Split;
import io.reprise.model.Parameters;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.run.MetricsLog;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunLayout;
import io.reprise.run.RunResult;
import io.reprise.run.RunState;
import io.reprise.train.Checkpoints;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentTest {
    private static final ExperimentConfig CONFIG = Tiny.config("analyses=[attention, ov_qk]");

    @TempDir
    Path directory;

    @Test
    void leavesACompleteRunDirectoryWhoseModelGivesTheLogitsOfTheLastCheckpoint() throws IOException {
        RunOutcome outcome = Tiny.run(CONFIG, options(), new Tiny.Log());
        RunLayout run = new RunLayout(outcome.directory());
        assertThat(outcome.already()).isFalse();
        assertThat(outcome.report()).contains(run.report());
        assertThat(RunDirectory.inspect(run.root()).state()).isEqualTo(RunState.FINISHED);
        assertThat(List.of(
                        run.config(),
                        run.provenance(),
                        run.metrics(),
                        run.timings(),
                        run.predictions(),
                        run.results(),
                        run.report(),
                        run.model().resolve("config.json"),
                        run.model().resolve("model.safetensors")))
                .allSatisfy(file -> assertThat(file).isNotEmptyFile());
        assertThat(run.trackPending()).doesNotExist();
        assertThat(ExperimentConfig.load(run.config(), List.of()).resolved().hash())
                .isEqualTo(CONFIG.resolved().hash());
        assertThat(RunResult.read(run.results())).isEqualTo(outcome.result());
        assertThat(MetricsLog.read(run.metrics()))
                .extracting(MetricsLog.Entry::step)
                .containsExactly(4L, 8L, 10L, 12L, 16L, 20L, 20L, 24L);
        assertThat(outcome.result().metrics())
                .containsKeys("test/determined_accuracy", "test/bigram", "final/train/loss", "best/val/loss");
        Dataset data = BuildData.build(CONFIG, Tiny.DATASETS);
        assertThat(Files.readAllLines(run.predictions(), StandardCharsets.UTF_8))
                .hasSize(data.examples(Split.TEST).size())
                .allMatch(line -> line.contains("\"split\":\"test\""));
        try (CpuBackend backend = new CpuBackend(1);
                ModelDirectory exported = ModelDirectory.open(run.model())) {
            Tokens tokens = Tokens.of(data.examples(Split.TEST).get(0).tokens());
            BuildModel built = BuildModel.build(CONFIG, data, backend);
            Checkpoints checkpoints = new Checkpoints(run.checkpoints(), new AtomicFile(), backend);
            checkpoints.load(checkpoints.latest(warning -> {}).orElseThrow().file(), built.parameters());
            float[] expected = logits(built.model(), tokens);
            try (Parameters read = exported.parameters(backend)) {
                float[] got = logits(new Transformer(backend, exported.config(), read), tokens);
                for (int i = 0; i < expected.length; i++) {
                    // the same float32 weights; at most their layout differs
                    assertThat((double) got[i]).isCloseTo(expected[i], org.assertj.core.api.Assertions.within(1e-5));
                }
            }
        }
    }

    @Test
    void aSecondRunSaysThatItIsDoneAndTouchesNothing() throws IOException {
        RunOutcome first = Tiny.run(CONFIG, options(), new Tiny.Log());
        Map<String, String> before = snapshot(first.directory());
        RunOutcome second = Tiny.run(CONFIG, options(), new Tiny.Log());
        assertThat(second.already()).isTrue();
        assertThat(second.result()).isEqualTo(first.result());
        assertThat(second.directory()).isEqualTo(first.directory());
        assertThat(snapshot(first.directory())).isEqualTo(before);
    }

    @Test
    void forceDoesItAgainWithTheSameBits() {
        RunOutcome first = Tiny.run(CONFIG, options(), new Tiny.Log());
        RunLayout run = new RunLayout(first.directory());
        Map<String, String> bits = Tiny.bits(run);
        String id = RunDirectory.inspect(run.root()).status().orElseThrow().id();
        RunOutcome again = Tiny.run(CONFIG, Tiny.forcing(options()), new Tiny.Log());
        assertThat(again.already()).isFalse();
        assertThat(RunDirectory.inspect(run.root()).status().orElseThrow().id()).isNotEqualTo(id);
        assertThat(Tiny.bits(run)).isEqualTo(bits);
        assertThat(again.result().metrics()).isEqualTo(first.result().metrics());
    }

    @Test
    void aDirectoryThatIsNotARunIsRefusedAndLeftAlone() throws IOException {
        Path root = Tiny.layout(CONFIG, options()).root();
        Files.createDirectories(root);
        Files.writeString(root.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> Tiny.run(CONFIG, options(), new Tiny.Log()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(root.toString())
                .hasMessageContaining("half-written")
                .hasMessageContaining("--force");
        assertThat(root.resolve("notes.txt")).hasContent("mine");
    }

    @Test
    void aFinishedRunWithAFileMissingIsRefused() throws IOException {
        RunLayout run =
                new RunLayout(Tiny.run(CONFIG, options(), new Tiny.Log()).directory());
        Files.delete(run.results());
        assertThatThrownBy(() -> Tiny.run(CONFIG, options(), new Tiny.Log()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("results.json is missing")
                .hasMessageContaining("--force");
        assertThat(Tiny.run(CONFIG, Tiny.forcing(options()), new Tiny.Log()).already())
                .isFalse();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsRefusedInOneSentence() throws IOException {
        // A file where a directory must be: refused for every user, root too.
        Path runs = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> Tiny.run(CONFIG, Tiny.options(runs), new Tiny.Log()))
                .isInstanceOfAny(IllegalArgumentException.class, UncheckedIOException.class)
                .hasMessageContaining("cannot write")
                .hasMessageContaining("choose a writable directory");
    }

    @Test
    void aLossThatIsNotFiniteNamesTheStepAndTheLastGoodCheckpointAndFailsTheRun() {
        ExperimentConfig config = Tiny.config("train.lr=1.0e38", "train.checkpoint_every=1", "train.eval_every=1");
        assertThatThrownBy(() -> Tiny.run(config, options(), new Tiny.Log()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(
                        "the loss became (NaN|Infinity|-Infinity) at step 2; there is no checkpoint before it.*"
                                + "train\\.lr.*");
        RunDirectory.Inspection found =
                RunDirectory.inspect(Tiny.layout(config, options()).root());
        assertThat(found.state()).isEqualTo(RunState.FAILED);
        assertThat(found.detail()).contains("at step 2");
    }

    @Test
    void aLossThatBreaksLaterNamesACheckpointWhoseWeightsAreFinite() throws IOException {
        // warm-up from a tolerable rate to an absurd one
        ExperimentConfig config = Tiny.config(
                "train.lr=1.0e38",
                "train.schedule={warmup_cosine: {warmup: 100000000, final_ratio: 0}}",
                "train.steps=200000000",
                "train.checkpoint_every=1",
                "model.normalization=none",
                "train.keep_log_spaced=true");
        assertThatThrownBy(() -> Tiny.run(config, options(), new Tiny.Log()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the last good checkpoint is of step 0 in ");
        try (CpuBackend backend = new CpuBackend(1)) {
            Checkpoints checkpoints =
                    new Checkpoints(Tiny.layout(config, options()).checkpoints(), new AtomicFile(), backend);
            assertThat(checkpoints.latest(warning -> {}).orElseThrow().state().step())
                    .isZero();
        }
    }

    @Test
    @Tag("slow") // a tracker that fails gets half a minute to come back
    void aTrackerThatCannotBeReachedDoesNotStopTheRun() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort(); // closed again: nobody listens there
        }
        ExperimentConfig config = Tiny.config("tracking_uri=http://127.0.0.1:" + port);
        Tiny.Log log = new Tiny.Log();
        RunOutcome outcome = Tiny.run(config, options(), log);
        RunLayout run = new RunLayout(outcome.directory());
        assertThat(RunDirectory.inspect(run.root()).state()).isEqualTo(RunState.FINISHED);
        assertThat(log.warnings).isNotEmpty().anyMatch(warning -> warning.contains("sync"));
        assertThat(run.trackPending()).isNotEmptyFile();
        assertThat(outcome.tracking()).isEqualTo(Optional.empty());
    }

    private RunOptions options() {
        return Tiny.options(directory.resolve("runs"));
    }

    private static float[] logits(Transformer model, Tokens tokens) {
        try (Scope scope = model.backend().scope()) {
            return model.backend().download(model.logits(tokens));
        }
    }

    /** Every file's content and time of change. */
    private static Map<String, String> snapshot(Path root) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                FileTime changed = Files.getLastModifiedTime(path);
                files.put(
                        root.relativize(path).toString(),
                        changed + " " + Files.readString(path, StandardCharsets.ISO_8859_1));
            }
        }
        files.remove(".lock"); // may be looked at
        return files;
    }
}
