package io.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.weights.AtomicFile;
import io.reprise.weights.Killed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochMilli(1_700_000_000_000L), ZoneOffset.UTC);
    private static final AtomicFile FILES = new AtomicFile();

    @TempDir
    Path runs;

    private Path place;

    @BeforeEach
    void setUp() {
        place = RunLayout.locate(runs, "quickstart", "5f3a91c2", 42);
    }

    private RunState state() {
        return RunDirectory.inspect(place).state();
    }

    private void complete(RunDirectory run) throws IOException {
        Files.writeString(run.layout().config(), "name: quickstart\n");
        Files.writeString(run.layout().metrics(), "");
        Files.writeString(run.layout().results(), "{}");
        run.finish();
    }

    @Test
    void livesUnderNameHashAndSeed() {
        assertThat(runs.relativize(place).toString().replace('\\', '/')).isEqualTo("quickstart/5f3a91c2/seed-42");
        assertThatThrownBy(() -> RunLayout.locate(runs, "../up", "5f", 1)).hasMessageStartingWith("name = \"../up\"");
    }

    @Test
    void goesFromAbsentThroughRunningToFinished() throws IOException {
        assertThat(state()).isEqualTo(RunState.ABSENT);
        RunDirectory run = RunDirectory.start(place, CLOCK, FILES);
        assertThat(state()).isEqualTo(RunState.RUNNING);
        complete(run);
        assertThat(state()).isEqualTo(RunState.FINISHED);
        assertThat(RunDirectory.openFinished(place).config()).exists();
        assertThatThrownBy(() -> RunDirectory.start(place, CLOCK, FILES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--force");
    }

    @Test
    void runThatWasNeverEndedIsInterruptedAndResumesUnderItsId() throws IOException {
        RunDirectory run = RunDirectory.start(place, CLOCK, FILES);
        run.close();
        assertThat(state()).isEqualTo(RunState.INTERRUPTED);
        assertThatThrownBy(() -> RunDirectory.openFinished(place)).hasMessageContaining("--resume");
        try (RunDirectory again = RunDirectory.resume(place, CLOCK, FILES)) {
            assertThat(again.status().id()).isEqualTo(run.status().id());
            assertThat(state()).isEqualTo(RunState.RUNNING);
        }
    }

    @Test
    void failedRunSaysWhyAndCanBeResumed() throws IOException {
        RunDirectory.start(place, CLOCK, FILES).fail("loss is NaN at step 120");
        assertThat(RunDirectory.inspect(place).detail()).isEqualTo("loss is NaN at step 120");
        assertThatThrownBy(() -> RunDirectory.openFinished(place)).hasMessageContaining("loss is NaN at step 120");
        complete(RunDirectory.resume(place, CLOCK, FILES));
        assertThat(state()).isEqualTo(RunState.FINISHED);
    }

    @Test
    void killedAtAnyMomentOfItsStartIsAbsentOrInterrupted() throws IOException {
        for (int moment = 0; moment < 8; moment++) {
            Path directory = runs.resolve("killed-" + moment);
            AtomicFile dying = new AtomicFile(Killed.after(moment));
            assertThatThrownBy(() -> RunDirectory.start(directory, CLOCK, dying))
                    .isInstanceOf(Killed.class);
            assertThat(RunDirectory.inspect(directory).state())
                    .isEqualTo(moment < 5 ? RunState.ABSENT : RunState.INTERRUPTED);
            if (moment < 5) {
                RunDirectory.start(directory, CLOCK, FILES).close();
            }
        }
    }

    @Test
    void restartRemovesWhatTheRunWroteAndNothingElse() throws IOException {
        RunDirectory run = RunDirectory.start(place, CLOCK, FILES);
        Files.createDirectories(run.layout().checkpoints().resolve("step-10"));
        Files.writeString(run.layout().checkpoints().resolve("step-10").resolve("state"), "x");
        complete(run);
        try (RunDirectory again = RunDirectory.restart(place, CLOCK, FILES)) {
            assertThat(again.status().id()).isNotEqualTo(run.status().id());
            assertThat(again.layout().checkpoints()).doesNotExist();
            assertThat(again.layout().results()).doesNotExist();
        }
        Files.writeString(place.resolve("my-notes.txt"), "mine");
        assertThatThrownBy(() -> RunDirectory.restart(place, CLOCK, FILES)).hasMessageContaining("is in use");
        assertThat(place.resolve("my-notes.txt")).exists();
    }

    @Test
    void halfWrittenDirectoriesAreToldApart() throws IOException {
        Files.createDirectories(place);
        assertThat(state()).isEqualTo(RunState.ABSENT);
        Files.writeString(place.resolve("config.yaml"), "name: x\n");
        assertThat(RunDirectory.inspect(place).detail()).isEqualTo("it has files but no status.json");
        Files.writeString(place.resolve("status.json"), "{\"id\": ");
        assertThat(RunDirectory.inspect(place).detail()).isEqualTo("its status.json is not readable");
        assertThatThrownBy(() -> RunDirectory.openFinished(place)).hasMessageContaining("--force");
        complete(RunDirectory.restart(place, CLOCK, FILES));
        Files.delete(place.resolve("results.json"));
        assertThat(state()).isEqualTo(RunState.HALF_WRITTEN);
        assertThat(RunDirectory.inspect(place).detail()).isEqualTo("it is marked finished but results.json is missing");
    }

    @Test
    void placeThatCannotBeWrittenIsOneClearError() throws IOException {
        Path file = runs.resolve("file");
        Files.writeString(file, "");
        Path below = RunLayout.locate(file, "quickstart", "5f", 1);
        assertThatThrownBy(() -> RunDirectory.start(below, CLOCK, FILES))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith("cannot write " + below)
                .hasMessageEndingWith("choose a writable directory for runs");
    }

    @Test
    void finishWithoutResultsIsRefused() throws IOException {
        try (RunDirectory run = RunDirectory.start(place, CLOCK, FILES)) {
            assertThatThrownBy(run::finish).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anotherProcessesLockIsSeenAndItsDeathFreesIt() throws Exception {
        RunDirectory.start(place, CLOCK, FILES).close();
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        place.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(other.getInputStream().read()).isEqualTo('!');
            assertThat(state()).isEqualTo(RunState.RUNNING);
            assertThatThrownBy(() -> RunDirectory.resume(place, CLOCK, FILES))
                    .hasMessageContaining("being written by another process");
        } finally {
            other.destroyForcibly();
        }
        assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(state()).isEqualTo(RunState.INTERRUPTED);
    }

    /** Resumes the run and holds it until killed. */
    static final class Holder {
        public static void main(String[] arguments) throws Exception {
            try (RunDirectory run = RunDirectory.resume(Path.of(arguments[0]), CLOCK, FILES)) {
                System.out.write('!');
                System.out.flush();
                Thread.sleep(60_000);
            }
        }
    }
}
