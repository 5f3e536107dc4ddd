package io.reprise.analysis.relation;

import static org.assertj.core.api.Assertions.assertThat;

import io.reprise.analysis.relation.jacobian.JacobianOptions;
import io.reprise.analysis.relation.jacobian.TransformerSubject;
import io.reprise.backend.Activation;
import io.reprise.backend.Backend;
import io.reprise.backend.cpu.CpuBackend;
import io.reprise.data.Relation;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.text.Vocabulary;
import io.reprise.text.VocabularyTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A study of a real transformer, whose weights are random and whose facts are what it happens to answer. */
class TransformerStudyTest {
    private static final int SUBJECTS = 24;

    @Test
    void theTargetsStateInPlaceOfTheSubjectsGivesTheTargetsAnswer() {
        List<String> words = new ArrayList<>(
                IntStream.range(0, SUBJECTS).mapToObj(i -> "s" + i).toList());
        words.addAll(List.of("so", "is", "now"));
        var tokenizer = new VocabularyTokenizer(Vocabulary.of(words));
        ModelConfig config = ModelConfig.toy(
                2,
                16,
                2,
                8,
                32,
                words.size(),
                8,
                Activation.RELU,
                ModelConfig.Normalization.LAYER_NORM,
                ModelConfig.Positions.LEARNED,
                false);
        try (Backend backend = new CpuBackend(1);
                var scope = backend.scope()) {
            var model = TransformerSubject.of(
                    new Transformer(
                            backend,
                            config,
                            Parameters.initialise(
                                    backend, config, 0.5, Rng.of(4).split("init"))),
                    JacobianOptions.defaults());
            RelationResult result = new RelationStudy(model, "random", tokenizer, spec())
                    .run(facts(model, tokenizer), RelationProgress.NONE);
            assertThat(result.trials()).hasSize(2);
            for (RelationTrial trial : result.trials()) {
                // prompts differ in the subject alone, so below all blocks the exchange is the other prompt, bit for
                // bit
                assertThat(trial.choice().editLayer()).contains("embed+pos");
                Rate oracle = trial.editors().get("oracle_h");
                assertThat(oracle.total()).isPositive();
                assertThat(oracle.value()).isEqualTo(1);
                assertThat(trial.unknown()).isZero();
                assertThat(trial.faithfulness()).isEqualTo(trial.recallAll().get(0));
                assertThat(trial.faithfulness()).isEqualTo(trial.agreement());
            }
        }
    }

    private static Relation facts(SubjectModel model, VocabularyTokenizer tokenizer) {
        var prompts = new PromptMaker(tokenizer, "");
        List<Relation.Sample> samples = new ArrayList<>();
        for (int i = 0; i < SUBJECTS; i++) {
            double[][] logits = model.next(List.of(prompts.make("so {} is now", "s" + i, List.of())));
            samples.add(new Relation.Sample(
                    "s" + i, tokenizer.token(TopTokens.of(logits[0], 1).first())));
        }
        return new Relation(
                "facts",
                List.of("so {} is now"),
                List.of("so {} is now"),
                new Relation.Properties("toy", "subject", "object", false),
                samples);
    }

    private static RelationSpec spec() {
        RelationSpec defaults = RelationSpec.defaults();
        return new RelationSpec(
                List.of(),
                List.of(LayerName.parse("embed+pos")),
                Optional.empty(),
                List.of(1.0, 2.0),
                List.of(2, 16),
                EstimatorKind.JACOBIAN_ICL_MEAN,
                List.of(EstimatorKind.values()),
                Optional.empty(),
                false,
                6,
                2,
                Optional.of(0),
                0,
                Optional.empty(),
                Optional.empty(),
                defaults.k(),
                defaults.maxTests(),
                true,
                2,
                1);
    }
}
