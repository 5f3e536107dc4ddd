package io.reprise.analysis.circuit.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.nodes.NodeModel;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.model.pretrained.ModelDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** A trained toy pruned by an implementation with PyTorch's hooks (src/test/resources/goldens-circuits). */
class GreedyPruningGoldenTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void keepsTheSameNodesAfterAsManyTrialsAsTorch() throws Exception {
        Path directory = Path.of(
                GreedyPruningGoldenTest.class.getResource("/goldens-circuits").toURI());
        JsonNode torch = JSON.readTree(directory.resolve("prune.json").toFile());
        try (Backend backend = new CpuBackend(1);
                Parameters parameters = ModelDirectory.load(directory.resolve("toy"), backend)) {
            Transformer model = new Transformer(backend, parameters.config(), parameters);
            NodeModel nodes = new NodeModel(
                    model,
                    prompts(directory.resolve("prompts.jsonl")),
                    Metric.LOGIT_DIFFERENCE,
                    Ablation.of(Ablation.Kind.MEAN));
            Pruned pruned = GreedyPruning.of(nodes, PruningOptions.defaults());

            // float32 sums in another order, through four layers
            assertThat(nodes.score(nodes.universe().all()))
                    .isCloseTo(
                            torch.get("full").asDouble(),
                            within(1e-5 * torch.get("full").asDouble()));
            assertThat(pruned.kept()).isEqualTo(kept(torch)).hasSize(14);
            assertThat(pruned.trials()).hasSize(torch.get("forwards").asInt() - 1); // the first pass is the whole model
            int sweeps = 2 * torch.get("sweeps").asInt(); // there, one backward and one forward
            assertThat(pruned.trials().get(pruned.trials().size() - 1).sweep()).isEqualTo(sweeps - 1);
            assertThat(pruned.stable()).isTrue();
            // no decision hangs on rounding
            assertThat(pruned.trials()).allSatisfy(trial -> assertThat(Math.abs(trial.percent() - 80))
                    .isGreaterThan(0.01));
        }
    }

    private static Set<Unit> kept(JsonNode torch) {
        Set<Unit> kept = new LinkedHashSet<>();
        torch.get("heads")
                .forEach(head ->
                        kept.add(new Unit.Head(head.get(0).asInt(), head.get(1).asInt())));
        torch.get("mlps").forEach(layer -> kept.add(new Unit.Mlp(layer.asInt())));
        return kept;
    }

    private static PairSet prompts(Path file) throws Exception {
        List<PromptPair> pairs = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode prompt = JSON.readTree(line);
            pairs.add(new PromptPair(
                    tokens(prompt.get("clean")),
                    tokens(prompt.get("corrupt")),
                    prompt.get("answer").asInt(),
                    prompt.get("wrong").asInt()));
        }
        List<String> roles = IntStream.range(0, pairs.get(0).clean().size())
                .mapToObj(i -> "x" + (i + 1))
                .toList();
        return new PairSet("runs of numerals", List.of(new PairSet.Group(roles, pairs)));
    }

    private static List<Integer> tokens(JsonNode ids) {
        return StreamSupport.stream(ids.spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
    }
}
