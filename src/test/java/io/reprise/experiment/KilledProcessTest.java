package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.config.ExperimentConfig;
import io.reprise.run.RunLayout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes and real kills. */
@Tag("slow")
class KilledProcessTest {
    private static final int KILLS = 10;
    private static final ExperimentConfig CONFIG =
            Tiny.config("train.steps=6000", "train.eval_every=500", "train.checkpoint_every=50");

    @TempDir
    Path directory;

    /** The process: does the run of {@code CONFIG} in the directory that it is given, or goes on with it. */
    public static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            RunOptions options = Tiny.trainOnly(Path.of(arguments[0]), 2);
            System.out.println("started");
            System.out.flush();
            Tiny.run(CONFIG, Tiny.resuming(options), new Tiny.Log());
        }
    }

    @Test
    void tenKillsAtRandomMomentsLeaveTheBitsOfAnUndisturbedRun() throws Exception {
        RunOptions options = Tiny.trainOnly(directory.resolve("killed"), 2);
        Random random = new Random(5); // any; printed by a failure through `delays`
        StringBuilder delays = new StringBuilder("delays");
        int killed = 0;
        for (int n = 0; n < KILLS; n++) {
            int delay = 50 + random.nextInt(1500);
            delays.append(' ').append(delay);
            killed += startAndKill(options, delay) ? 1 : 0;
        }
        Tiny.Log log = new Tiny.Log();
        RunOutcome outcome = Tiny.run(CONFIG, Tiny.resuming(options), log);
        assertThat(log.warnings).as(delays.toString()).isEmpty();
        assertThat(killed).as(delays.toString()).isPositive();
        assertThat(Tiny.bits(new RunLayout(outcome.directory())))
                .as(delays.toString())
                .isEqualTo(undisturbed());
    }

    /** Whether it was still running. */
    private static boolean startAndKill(RunOptions options, int delayMs) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules",
                        "jdk.incubator.vector",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        options.runs().toString()))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.equals("started")) { // the JVM warns of its incubator module first
                line = out.readLine();
            }
            assertThat(line).as("the process started").isEqualTo("started");
            boolean ended = process.waitFor(delayMs, TimeUnit.MILLISECONDS);
            return !ended;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private Map<String, String> undisturbed() {
        RunOptions options = Tiny.trainOnly(directory.resolve("undisturbed"), 1);
        return Tiny.bits(new RunLayout(Tiny.run(CONFIG, options, new Tiny.Log()).directory()));
    }
}
