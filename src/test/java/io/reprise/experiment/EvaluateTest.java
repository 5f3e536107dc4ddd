package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.backend.Activation;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.config.ExperimentConfig;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.data.Split;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.run.Score;
import io.reprise.text.Vocabulary;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Models that are tables: after token t they say {@code next(t)}, whatever came before. */
class EvaluateTest {
    private static final String MIXTURE = """
            name: tiny
            task:
              mixture:
                - {series: numerals, rule: {add: 1}, start: 1..12, length: 3..4}
                - {series: numerals, rule: {add: 2}, start: 1..12, length: 3..4}
            split: {by: example, train: 0.5, validation: 0.2, test: 0.3}
            """;

    @Test
    void aTableThatAddsOneIsAlwaysRightAboutPlusOne() {
        Dataset data = BuildData.build(Tiny.config(), Tiny.DATASETS);
        Evaluate.Evaluated evaluated = evaluate(data, id -> add(data.vocabulary(), id, 1));
        assertThat(evaluated.metrics())
                .containsEntry("test/determined_accuracy", 1.0)
                .containsEntry("test/scored_accuracy", 1.0)
                .containsEntry("train/determined_accuracy", 1.0)
                .containsEntry("test/ceiling", 1.0)
                .doesNotContainKey("test/whole_answer"); // answers of one token say nothing new
        Score all = score(evaluated, "determined");
        long positions = data.examples(Split.TEST).stream()
                .mapToLong(example -> example.length() - 1)
                .sum();
        assertThat(all.total()).isEqualTo(positions);
        assertThat(all.correct()).isEqualTo(positions);
        assertThat(all.high()).isEqualTo(1.0);
        assertThat(all.low()).isLessThan(1.0);
    }

    @Test
    void aModelThatAlwaysSaysOneTokenIsRightWhereItStands() {
        Dataset data = BuildData.build(Tiny.config(), Tiny.DATASETS);
        int constant = data.vocabulary().encode("9")[0];
        long right = 0;
        long total = 0;
        for (Example example : data.examples(Split.TEST)) {
            for (int i = 1; i < example.length(); i++) {
                total++;
                right += example.token(i) == constant ? 1 : 0;
            }
        }
        Score score = score(evaluate(data, id -> constant), "determined");
        assertThat(score.correct()).isEqualTo(right);
        assertThat(score.total()).isEqualTo(total);
    }

    @Test
    void theFirstStepOfAMixtureIsScoredButNotDetermined() {
        Dataset data = BuildData.build(config(MIXTURE), Tiny.DATASETS);
        Evaluate.Evaluated evaluated = evaluate(data, id -> add(data.vocabulary(), id, 1));
        Score scored = score(evaluated, "scored");
        Score determined = score(evaluated, "determined");
        long first = data.examples(Split.TEST).size();
        assertThat(scored.total()).isGreaterThan(determined.total());
        assertThat(scored.total() - determined.total()).isLessThanOrEqualTo(first);
        assertThat(determined.ceiling()).isEqualTo(1.0);
        assertThat(scored.ceiling()).isLessThan(1.0);
        assertThat(score(evaluated, "position 1").ceiling()).isLessThan(1.0);
        assertThat(score(evaluated, "position 2").ceiling()).isEqualTo(1.0);
    }

    @Test
    void seenAndUnseenStepsAddUpToTheDeterminedOnes() {
        Dataset data = BuildData.build(config(MIXTURE), Tiny.DATASETS);
        Evaluate.Evaluated evaluated = evaluate(data, id -> 0);
        long parts = evaluated.scores().stream()
                .filter(s -> s.split().equals("test"))
                .filter(s -> s.kind().equals("seen") || s.kind().equals("unseen"))
                .mapToLong(Score::total)
                .sum();
        assertThat(parts).isEqualTo(score(evaluated, "determined").total());
    }

    @Test
    void rulesAreScoredApart() {
        Dataset data = BuildData.build(config(MIXTURE), Tiny.DATASETS);
        Evaluate.Evaluated evaluated = evaluate(data, id -> add(data.vocabulary(), id, 2));
        assertThat(evaluated.metrics())
                .containsEntry("test/by_rule/numerals_add_2", 1.0)
                .containsEntry("test/by_rule/numerals_add_1", 0.0);
    }

    @Test
    void anAnswerOfSeveralTokensIsRightOnlyIfAllOfThemAre() {
        Dataset data = BuildData.build(Tiny.config("task.tokens=digit", "task.start=1..30"), Tiny.DATASETS);
        Vocabulary words = data.vocabulary();
        int one = words.encode("1")[0];
        int comma = words.encode(",")[0];
        // after any digit a comma, after a comma a 1: right about "1 ," and nothing longer
        IntUnaryOperator next = id -> id == comma ? one : comma;
        long right = 0;
        long total = 0;
        for (Example example : data.examples(Split.TEST)) {
            for (Example.Span span : example.answers()) {
                boolean all = true;
                boolean determined = true;
                for (int i = span.from(); i < span.to(); i++) {
                    determined &= data.determinacy().determined(example, i);
                    all &= next.applyAsInt(example.token(i - 1)) == example.token(i);
                }
                total += determined ? 1 : 0;
                right += determined && all ? 1 : 0;
            }
        }
        Score score = score(evaluate(data, next), "whole_answer");
        assertThat(score.total()).isEqualTo(total).isPositive();
        assertThat(score.correct()).isEqualTo(right);
    }

    @Test
    void theLossOfATableIsItsSoftmaxByHand() {
        Dataset data = BuildData.build(Tiny.config(), Tiny.DATASETS);
        int vocabulary = data.vocabulary().size();
        // the right token has logit 10, all others 0
        double expected = Math.log(Math.exp(10) + vocabulary - 1) - 10;
        assertThat(evaluate(data, id -> add(data.vocabulary(), id, 1)).metrics().get("test/next_token_loss"))
                .isCloseTo(expected, within(1e-6));
    }

    private static ExperimentConfig config(String yaml) {
        return ExperimentConfig.bind(io.reprise.config.ConfigTree.parse(yaml, "tiny.yaml", ExperimentConfig.class));
    }

    private static int add(Vocabulary words, int id, int k) {
        String token = words.token(id);
        return token.matches("\\d+")
                ? words.find(Integer.toString(Integer.parseInt(token) + k)).orElse(0)
                : 0;
    }

    private static Score score(Evaluate.Evaluated evaluated, String kind) {
        List<Score> found = evaluated.scores().stream()
                .filter(s -> s.split().equals("test") && s.kind().equals(kind))
                .toList();
        assertThat(found).as(kind).hasSize(1);
        return found.get(0);
    }

    /** A model without layers: one-hot embedding, and an unembedding that is the table times ten. */
    private static Evaluate.Evaluated evaluate(Dataset data, IntUnaryOperator next) {
        int n = data.vocabulary().size();
        ModelConfig shape = ModelConfig.toy(
                0,
                n,
                1,
                n,
                0,
                n,
                data.maxLength(),
                Activation.RELU,
                ModelConfig.Normalization.NONE,
                ModelConfig.Positions.NONE,
                false);
        try (CpuBackend backend = new CpuBackend(1);
                Parameters parameters = Parameters.of(backend, shape, (name, size) -> {
                    float[] values = new float[n * n];
                    for (int id = 0; id < n; id++) {
                        if (name.equals("embed.W_E")) {
                            values[id * n + id] = 1;
                        } else {
                            values[next.applyAsInt(id) * n + id] = 10; // W_U [d_vocab, d_model]
                        }
                    }
                    return values;
                })) {
            return new Evaluate(data).evaluate(new Transformer(backend, shape, parameters));
        }
    }
}
