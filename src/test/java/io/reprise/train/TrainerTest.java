package io.reprise.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.backend.Activation;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.Batch;
import io.reprise.data.Example;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.tensor.Tensor;
import io.reprise.weights.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    private static final ModelConfig SHAPE = ModelConfig.toy(
            0, 4, 1, 4, 0, 5, 4, Activation.RELU, ModelConfig.Normalization.NONE, ModelConfig.Positions.NONE, false);

    @TempDir
    Path directory;

    @Test
    void theLastGoodCheckpointIsOlderThanTheWeightsThatGiveNoLoss() throws IOException {
        // the weights break while step 5 is done, so step 6 has no loss
        Trainer.Outcome outcome = train(20, 1, 4, false);
        assertThat(outcome.reason()).isEqualTo(StopReason.NOT_FINITE);
        assertThat(outcome.state().step()).isEqualTo(6);
        assertThat(outcome.lastGood()).isEqualTo(OptionalLong.of(4));
        assertThat(names()).containsExactly("step-000000003.safetensors", "step-000000004.safetensors");
    }

    @Test
    void weightsThatBreakInTheVeryLastStepAreNotATrainedModel() throws IOException {
        Trainer.Outcome outcome = train(5, 2, 4, false);
        assertThat(outcome.reason()).isEqualTo(StopReason.NOT_FINITE);
        assertThat(outcome.lastGood()).isEqualTo(OptionalLong.of(4));
    }

    @Test
    void withoutACheckpointThereIsNoLastGoodOne() throws IOException {
        assertThat(train(20, 10, 4, false).lastGood()).isEmpty();
    }

    @Test
    void theTwoNewestStayAndThoseOfLogSpacedStepsIfWanted() throws IOException {
        assertThat(train(11, 3, 99, true).reason()).isEqualTo(StopReason.STEPS);
        assertThat(names())
                .containsExactly(
                        "step-000000000.safetensors",
                        "step-000000001.safetensors",
                        "step-000000002.safetensors",
                        "step-000000004.safetensors",
                        "step-000000008.safetensors",
                        "step-000000009.safetensors",
                        "step-000000011.safetensors");
    }

    @Test
    void noStepsLeaveTheInitialWeightsAsACheckpoint() throws IOException {
        Trainer.Outcome outcome = train(0, 3, 99, false);
        assertThat(outcome.reason()).isEqualTo(StopReason.STEPS);
        assertThat(names()).containsExactly("step-000000000.safetensors");
    }

    /** @param breakAt the batch during whose step a weight becomes infinite */
    private Trainer.Outcome train(long steps, long checkpointEvery, long breakAt, boolean logSpaced)
            throws IOException {
        LabeledBatch batch = LabeledBatch.of(Batch.of(List.of(Example.ofTokens(1, 2, 3, 4)), 0), Objective.NEXT_TOKEN);
        try (CpuBackend backend = new CpuBackend(1);
                Parameters parameters =
                        Parameters.initialise(backend, SHAPE, 0.4, Rng.of(5).split("init"))) {
            TrainListener breaking = new TrainListener() {
                @Override
                public void onStep(long step, double loss, double lr, long tokens) {
                    if (step == breakAt + 1) {
                        Tensor weight = parameters.get("embed.W_E");
                        float[] broken = new float[weight.shape().size()];
                        Arrays.fill(broken, Float.POSITIVE_INFINITY);
                        backend.write(weight, broken);
                    }
                }

                @Override
                public void onEvaluation(long step, double trainLoss, double lr, Evaluation evaluation) {}

                @Override
                public void beforeCheckpoint(long step) {}
            };
            return new Trainer(
                            new Transformer(backend, SHAPE, parameters),
                            parameters,
                            spec(steps, checkpointEvery, logSpaced),
                            cursor -> batch,
                            () -> new Evaluation(1, 0),
                            new Checkpoints(directory, new AtomicFile(), backend),
                            breaking)
                    .run(Optional.empty());
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("step-"))
                    .sorted()
                    .toList();
        }
    }

    private static TrainSpec spec(long steps, long checkpointEvery, boolean logSpaced) {
        TrainSpec d = TrainSpec.defaults();
        return new TrainSpec(
                steps,
                1,
                d.loss(),
                d.optimizer(),
                d.lr(),
                d.beta1(),
                d.beta2(),
                d.epsilon(),
                d.weightDecay(),
                d.schedule(),
                d.clipNorm(),
                100,
                checkpointEvery,
                logSpaced,
                Optional.empty(),
                Optional.empty());
    }
}
