package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.config.ExperimentConfig;
import io.reprise.run.RunLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run interrupted at step 20 has checkpoints of steps 12 and 18. */
class CorruptCheckpointTest {
    private static final ExperimentConfig CONFIG = Tiny.config();
    private static final String NEWEST = "step-000000018.safetensors";
    private static final String OLDER = "step-000000012.safetensors";

    @TempDir
    Path directory;

    private RunOptions options;

    enum Damage {
        BIT_IN_TENSORS(bytes -> flipped(bytes, bytes.length / 2)),
        LAST_BIT(bytes -> flipped(bytes, bytes.length - 1)),
        BIT_IN_HEADER_LENGTH(bytes -> flipped(bytes, 3)),
        BIT_IN_HEADER(bytes -> flipped(bytes, 40)),
        CUT_IN_TENSORS(bytes -> Arrays.copyOf(bytes, bytes.length - 5)),
        CUT_IN_HEADER(bytes -> Arrays.copyOf(bytes, 20)),
        EMPTY(bytes -> new byte[0]),
        LONGER(bytes -> Arrays.copyOf(bytes, bytes.length + 1));

        private final UnaryOperator<byte[]> change;

        Damage(UnaryOperator<byte[]> change) {
            this.change = change;
        }

        private static byte[] flipped(byte[] bytes, int at) {
            byte[] copy = bytes.clone();
            copy[at] ^= 4;
            return copy;
        }
    }

    @BeforeEach
    void interrupt() {
        options = Tiny.trainOnly(directory.resolve("runs"), 1);
        stop(20);
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void aBrokenCheckpointIsNamedAndTheOneBeforeItIsUsed(Damage damage) throws IOException {
        damage(NEWEST, damage);
        Tiny.Log log = new Tiny.Log();
        RunOutcome outcome = Tiny.run(CONFIG, Tiny.resuming(options), log);
        assertThat(log.warnings).hasSize(1).first().asString().contains(NEWEST).contains("broken");
        assertThat(log.resumed).containsExactly(12L);
        assertThat(Tiny.bits(new RunLayout(outcome.directory()))).isEqualTo(undisturbed());
    }

    @Test
    void withoutAWholeCheckpointTheRunStartsFromTheBeginningAndNamesAllThatAreBroken() throws IOException {
        damage(NEWEST, Damage.EMPTY);
        damage(OLDER, Damage.BIT_IN_TENSORS);
        Tiny.Log log = new Tiny.Log();
        RunOutcome outcome = Tiny.run(CONFIG, Tiny.resuming(options), log);
        assertThat(log.warnings).hasSize(2);
        assertThat(log.warnings.get(0)).contains(NEWEST);
        assertThat(log.warnings.get(1)).contains(OLDER);
        assertThat(log.resumed).isEmpty();
        assertThat(Tiny.bits(new RunLayout(outcome.directory()))).isEqualTo(undisturbed());
    }

    @Test
    void newCheckpointsAreNotThrownAwayForBrokenOnesOfLaterSteps() throws IOException {
        damage(NEWEST, Damage.EMPTY);
        damage(OLDER, Damage.EMPTY);
        assertThatThrownBy(() -> Tiny.run(CONFIG, Tiny.resuming(options), new Tiny.Log(9)))
                .isInstanceOf(Tiny.Stopped.class);
        Tiny.Log log = new Tiny.Log();
        Tiny.run(CONFIG, Tiny.resuming(options), log);
        assertThat(log.resumed).containsExactly(6L);
        assertThat(log.warnings).isEmpty();
    }

    private void damage(String name, Damage damage) throws IOException {
        Path file = Tiny.layout(CONFIG, options).checkpoints().resolve(name);
        Files.write(file, damage.change.apply(Files.readAllBytes(file)));
    }

    private void stop(long step) {
        assertThatThrownBy(() -> Tiny.run(CONFIG, options, new Tiny.Log(step))).isInstanceOf(Tiny.Stopped.class);
    }

    private Map<String, String> undisturbed() {
        RunOptions others = Tiny.trainOnly(directory.resolve("undisturbed"), 1);
        return Tiny.bits(new RunLayout(Tiny.run(CONFIG, others, new Tiny.Log()).directory()));
    }
}
