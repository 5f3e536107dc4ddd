package io.reprise.analysis.circuit.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.Readout;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Universe;
import io.reprise.analysis.circuit.search.SearchSpec.Method;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitSearchTest {
    private static final int VOCABULARY = 11;
    private static final Backend BACKEND = new CpuBackend(1);
    private static final Transformer MODEL = model(BACKEND);
    private static final PairSet PROMPTS = prompts();

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @ParameterizedTest
    @CsvSource({
        "NODES, GREEDY, 0.8",
        "NODES, EXHAUSTIVE, 0.8",
        "NEURONS, GREEDY, 0.6",
        "CHANNELS, GREEDY, 0.8",
        "EDGES, GREEDY, 0.7",
        "EDGES, EAP, 0.8",
        "EDGES, EAP_IG, 0.8",
        "EDGES, EXACT_EDGES, 0.6"
    })
    void everyMethodKeepsWhatItIsAskedToKeep(Universe.Kind units, Method method, double keep) {
        SearchSpec spec = spec(units, method, Metric.LOGIT_DIFFERENCE, keep);
        Circuit circuit = find(spec);
        assertThat(circuit.universe().kind()).isEqualTo(units);
        assertThat(circuit.size()).isPositive().isLessThan(circuit.universe().size());
        assertThat(circuit.name()).isEqualTo("task");
        assertThat(circuit.origin().method()).contains(method.key());
        assertThat(circuit.origin().data()).contains(PROMPTS.digest());
        assertThat(circuit.origin().ablation()).contains(spec.replacement());
        TaskModel task = TaskModels.of(MODEL, PROMPTS, units, spec.metric(), spec.replacement());
        try {
            // the engine that judged it is another object, the arithmetic the same
            assertThat(task.score(circuit.units()))
                    .isGreaterThanOrEqualTo(keep * task.score(task.universe().all()) - 1e-6);
            assertThat(task.score(Set.of()))
                    .as("something has to be kept for that")
                    .isLessThan(keep * task.score(task.universe().all()));
        } finally {
            TaskModels.close(task);
        }
    }

    @Test
    void nothingSmallerThanTheExhaustiveCircuitKeepsEnough() {
        Circuit smallest = find(spec(Universe.Kind.NODES, Method.EXHAUSTIVE, Metric.LOGIT_DIFFERENCE, 0.8));
        Circuit greedy = find(spec(Universe.Kind.NODES, Method.GREEDY, Metric.LOGIT_DIFFERENCE, 0.8));
        assertThat(smallest.size()).isLessThanOrEqualTo(greedy.size());
    }

    @Test
    void ofKlEnoughIsAShareOfWhatAblationDoes() {
        Circuit circuit = find(spec(Universe.Kind.EDGES, Method.EAP_IG, Metric.KL, 0.7));
        TaskModel task = TaskModels.of(MODEL, PROMPTS, Universe.Kind.EDGES, Metric.KL, resample());
        try {
            assertThat(1 - task.score(circuit.units()) / task.score(Set.of())).isGreaterThanOrEqualTo(0.7 - 1e-6);
        } finally {
            TaskModels.close(task);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"EAP", "EAP_IG", "EXACT_EDGES"})
    void methodsOfEdgesRefuseOtherUnits(Method method) {
        assertThatThrownBy(() -> spec(Universe.Kind.NODES, method, Metric.LOGIT_DIFFERENCE, 0.8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("method = " + method.key(), "units = nodes", "units: edges");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1, 80, Double.NaN})
    void whatIsKeptIsAShare(double keep) {
        assertThatThrownBy(() -> spec(Universe.Kind.NODES, Method.GREEDY, Metric.LOGIT_DIFFERENCE, keep))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("keep = " + keep);
    }

    @Test
    void otherNonsenseIsRefusedWithItsKey() {
        SearchSpec d = SearchSpec.defaults();
        assertThatThrownBy(() -> new SearchSpec(
                        d.units(), d.method(), d.metric(), d.ablation(), d.direction(), List.of(), d.keep(), 0))
                .hasMessageStartingWith("steps = 0");
        assertThatThrownBy(() -> new SearchSpec(
                        d.units(),
                        d.method(),
                        d.metric(),
                        Ablation.Kind.MEAN,
                        Ablation.Direction.DENOISING,
                        List.of(),
                        d.keep(),
                        5))
                .hasMessageContaining("cannot denoise");
    }

    private static SearchSpec spec(Universe.Kind units, Method method, Metric metric, double keep) {
        return new SearchSpec(
                units, method, metric, Ablation.Kind.RESAMPLE, Ablation.Direction.NOISING, List.of(), keep, 3);
    }

    private static Ablation resample() {
        return Ablation.of(Ablation.Kind.RESAMPLE);
    }

    private static Circuit find(SearchSpec spec) {
        return new CircuitSearch(spec)
                .find(new CircuitSearch.Subject(MODEL, "toy", Optional.empty(), List.of()), "task", PROMPTS);
    }

    private static Transformer model(Backend backend) {
        ModelConfig config = ModelConfig.toy(
                1,
                12,
                3,
                4,
                10,
                VOCABULARY,
                8,
                Activation.GELU_NEW,
                ModelConfig.Normalization.LAYER_NORM,
                ModelConfig.Positions.LEARNED,
                false);
        Rng rng = Rng.of(8);
        return new Transformer(backend, config, Parameters.of(backend, config, (name, shape) -> {
            Rng own = rng.split(name);
            float[] values = new float[shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((name.endsWith(".w") ? 1 : 0) + 0.5 * own.nextGaussian());
            }
            return values;
        }));
    }

    /** Answers are what the model says itself, so that it has something to lose. */
    private static PairSet prompts() {
        List<PromptPair> asked = pairs(List.of());
        TaskModel whole = TaskModels.of(MODEL, set(asked), Universe.Kind.NODES, Metric.LOGIT_DIFFERENCE, resample());
        List<Integer> answers = new ArrayList<>();
        for (double[] logits : whole.logits(whole.universe().all())) {
            answers.add(Readout.largest(logits));
        }
        return set(pairs(answers));
    }

    private static PairSet set(List<PromptPair> pairs) {
        return new PairSet("toy", List.of(new PairSet.Group(List.of("x1", "x2", "end"), pairs)));
    }

    private static List<PromptPair> pairs(List<Integer> answers) {
        Rng rng = Rng.of(4);
        List<PromptPair> pairs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int answer = answers.isEmpty() ? 0 : answers.get(i);
            pairs.add(new PromptPair(
                    tokens(rng), tokens(rng), answer, (answer + 1 + rng.nextInt(VOCABULARY - 1)) % VOCABULARY));
        }
        return pairs;
    }

    private static List<Integer> tokens(Rng rng) {
        return IntStream.range(0, 3).mapToObj(i -> rng.nextInt(VOCABULARY)).toList();
    }
}
