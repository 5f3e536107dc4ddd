package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.config.ExperimentConfig;
import io.reprise.run.RunLayout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
            Tiny.config("train.steps=6000", "train.eval_every=1000", "train.checkpoint_every=20");

    @TempDir
    Path directory;

    /** The process: does the run of {@code CONFIG} in the directory that it is given, or goes on with it. */
    public static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            RunOptions options = Tiny.trainOnly(Path.of(arguments[0]), 2);
            // half a checkpoint after its first own one, however slow the machine
            Tiny.run(CONFIG, Tiny.resuming(options), new Tiny.Log(Long.parseLong(arguments[1]) + 30, () -> {
                System.out.println("training");
                System.out.flush();
            }));
        }
    }

    @Test
    void tenKillsAtRandomMomentsLeaveTheBitsOfAnUndisturbedRun() throws Exception {
        RunOptions options = Tiny.trainOnly(directory.resolve("killed"), 2);
        Random random = new Random(5); // any; printed by a failure through `delays`
        StringBuilder delays = new StringBuilder("delays");
        int midway = 0;
        for (int n = 0; n < KILLS; n++) {
            int delay = random.nextInt(400);
            delays.append(' ').append(delay);
            boolean killed = startAndKill(options, delay);
            midway += killed && lastStep(options) > 0 ? 1 : 0;
            delays.append("ms at ").append(lastStep(options));
        }
        Tiny.Log log = new Tiny.Log();
        RunOutcome outcome = Tiny.run(CONFIG, Tiny.resuming(options), log);
        assertThat(log.warnings).as(delays.toString()).isEmpty();
        assertThat(midway).as("kills between two checkpoints; " + delays).isPositive();
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
                        options.runs().toString(),
                        Long.toString(lastStep(options))))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            while (line != null && !line.equals("training")) { // the JVM warns of its incubator module first
                line = out.readLine();
            }
            boolean ended = line == null || process.waitFor(delayMs, TimeUnit.MILLISECONDS);
            return !ended;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** Step of the newest checkpoint, 0 if there is none. */
    private static long lastStep(RunOptions options) {
        Path checkpoints = Tiny.layout(CONFIG, options).checkpoints();
        if (!Files.exists(checkpoints)) {
            return 0;
        }
        return Tiny.checkpoints(Tiny.layout(CONFIG, options)).stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.startsWith("step-"))
                .mapToLong(name -> Long.parseLong(name.substring(5, 14)))
                .max()
                .orElse(0);
    }

    private Map<String, String> undisturbed() {
        RunOptions options = Tiny.trainOnly(directory.resolve("undisturbed"), 1);
        return Tiny.bits(new RunLayout(Tiny.run(CONFIG, options, new Tiny.Log()).directory()));
    }
}
