package io.reprise.analysis.relation.study;

import static io.reprise.analysis.relation.study.Studies.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.EstimatorKind;
import io.reprise.analysis.relation.JacobianFiles;
import io.reprise.analysis.relation.Linearization;
import io.reprise.analysis.relation.ResumableModel;
import io.reprise.analysis.relation.SubjectModel;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.analysis.relation.SvdTest;
import io.reprise.analysis.relation.World;
import io.reprise.data.Relation;
import io.reprise.data.RelationSplit;
import io.reprise.tensor.Rng;
import io.reprise.weights.AtomicFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelationStudyTest {
    @TempDir
    Path folder;

    /** Derivatives are a quarter of the truth: right only with β = 4. */
    static final class Flat extends World {
        Flat() {
            super(8, 3, 2);
        }

        @Override
        protected RealMatrix derivative(double[] e) {
            return truth.scalarMultiply(0.25);
        }
    }

    /** The lower the layer, the more noise on the Jacobian. */
    private static final class Noisy extends World {
        Noisy(long seed) {
            super(12, seed, 2);
        }

        @Override
        public Linearization linearize(SubjectPrompt prompt, Ends ends) {
            Linearization clean = super.linearize(prompt, ends);
            RealMatrix noise = SvdTest.random(12, 12, Rng.of(prompt.hashCode()).split(ends.toString()));
            return new Linearization(
                    clean.state(), clean.jacobian().add(noise.scalarMultiply(0.5 / scale(ends.from()))));
        }
    }

    /** z of each subject is that of another, at random; the derivative doesn't tell. */
    private static final class Permuted extends World {
        private final int[] to;

        Permuted(long seed) {
            super(8, seed, 2);
            to = Rng.of(seed).split("permutation").permutation(8);
        }

        @Override
        public double[][] next(List<SubjectPrompt> prompts) {
            double[][] logits = new double[prompts.size()][2 * size + 1];
            for (int i = 0; i < logits.length; i++) {
                logits[i][size + to[prompts.get(i).tokens()[prompts.get(i).subject()]]] = 1;
            }
            return logits;
        }

        Relation permuted() {
            return relation(
                    IntStream.range(0, size).mapToObj(i -> sample(i, to[i])).toList());
        }
    }

    @Test
    void onAnAffineModelFaithfulnessAndCausalityAreOne() {
        World world = new World(8, 1, 5);
        RelationResult result = run(world, world.relation(), spec(4, 3, List.of(1.0), List.of(8)));
        assertThat(result.trials()).hasSize(3);
        assertThat(result.skipped()).isEmpty();
        for (RelationTrial trial : result.trials()) {
            assertThat(trial.known()).isEqualTo(4);
            assertThat(trial.trainKnown()).isEqualTo(4);
            assertThat(trial.faithfulness()).isEqualTo(new Rate(4, 4));
            assertThat(trial.recallUnknown()).isEmpty();
            assertThat(trial.agreement().value()).isEqualTo(1);
            assertThat(trial.causality()).contains(new Rate(4, 4));
            assertThat(trial.editors().get("oracle_h")).isEqualTo(new Rate(4, 4));
            assertThat(trial.estimators()).containsOnlyKeys("identity", "translation", "learned_linear", "embedding");
            assertThat(trial.estimators().get("embedding").value()).isEqualTo(1);
            assertThat(trial.samples())
                    .allMatch(s -> s.known() && s.faithful() && s.operator().equals(s.object()))
                    .allMatch(s -> s.edit().orElseThrow().success())
                    .noneMatch(s -> s.edit().orElseThrow().object().equals(s.object()));
        }
        Spread faithfulness = result.summary().get(RelationResult.FAITHFULNESS);
        assertThat(faithfulness.mean()).isEqualTo(1);
        assertThat(faithfulness.sd()).contains(0.0);
        assertThat(result.metrics()).containsEntry("relation/toy/causality", 1.0);
        assertThat(result.objects()).isEqualTo(8);
        assertThat(result.commonest()).isEqualTo(1.0 / 8);
    }

    @Test
    void aPictureShowsSingularValuesNormsAndTheTokensOfDirections() {
        World world = new World(8, 1, 5);
        OperatorPicture picture = run(world, world.relation(), spec(4, 1, List.of(1.0), List.of(8)))
                .trials()
                .get(0)
                .operator();
        double scale = 1 / Math.pow(World.scale(End.parse(picture.ends().split(" ")[0], world.config())), 1);
        assertThat(picture.singularValues()).hasSize(8).allMatch(s -> Math.abs(s - scale) < 1e-12);
        assertThat(picture.weightNorm()).isCloseTo(Math.sqrt(8) * scale, within(1e-12));
        assertThat(picture.imageNorm()).as("|truth·e|").isCloseTo(1, within(1e-12));
        assertThat(picture.biasNorm()).isCloseTo(5, within(1e-12));
        assertThat(picture.directions())
                .hasSize(4)
                .allMatch(d -> d.reads().size() == 8 && d.writes().size() == 8);
    }

    @Test
    void betaIsChosenWhereTheJacobianIsTooSmall() {
        World world = new Flat();
        RelationResult result = run(world, world.relation(), spec(2, 2, List.of(1.0, 2.0, 4.0), List.of(8)));
        assertThat(result.trials()).allMatch(t -> t.choice().beta().equals(Optional.of(4.0)));
        assertThat(result.summary().get(RelationResult.FAITHFULNESS).mean()).isEqualTo(1);
        Curve curve = curve(result, Curve.Axis.BETA, Curve.Subjects.TEST);
        assertThat(curve.points().get(0).value().mean()).isLessThan(1);
        assertThat(curve.points().get(2).value().mean()).isEqualTo(1);
        // with one layer's β = 1 worse than 4, so is the best of the layers
        for (RelationTrial trial : result.trials()) {
            assertThat(trial.estimators()).containsKey(RelationResult.BETA_ONE);
            assertThat(trial.estimators().get(RelationResult.BETA_ONE).value()).isLessThan(1);
        }
    }

    @Test
    void editsNeedRank() {
        World world = new World(8, 1, 5);
        RelationResult result = run(world, world.relation(), spec(4, 3, List.of(1.0), List.of(1, 4, 8, 300)));
        Curve curve = curve(result, Curve.Axis.RANK, Curve.Subjects.TEST);
        assertThat(curve.points()).extracting(Curve.Point::at).containsExactly("1", "4", "8"); // W has no 300
        assertThat(curve.points().get(0).value().mean())
                .isLessThan(curve.points().get(2).value().mean());
        assertThat(result.trials()).allMatch(t -> t.choice().rank().equals(Optional.of(8)));
    }

    @Test
    void whatTheModelDoesNotKnowIsCountedApart() {
        World world = new World(8, 1, 5);
        // the relation says otherwise than the model of subjects 0 and 1
        List<Relation.Sample> samples = new ArrayList<>(
                IntStream.range(2, 8).mapToObj(i -> World.sample(i, i)).toList());
        samples.add(World.sample(0, 1));
        samples.add(World.sample(1, 0));
        var split = new RelationSplit(samples.subList(0, 3), samples.subList(3, 8));
        RelationTrial trial = run(world, samples, split);
        assertThat(trial.known()).isEqualTo(3);
        assertThat(trial.unknown()).isEqualTo(2);
        assertThat(trial.faithfulness()).isEqualTo(new Rate(3, 3));
        assertThat(trial.recallAll().get(0)).isEqualTo(new Rate(3, 5));
        assertThat(trial.recallUnknown().get(0)).isEqualTo(new Rate(0, 2));
        assertThat(trial.causality()).contains(new Rate(3, 3));
        assertThat(trial.samples().stream().filter(s -> s.edit().isPresent())).hasSize(3);
    }

    @Test
    void aTrialWithoutKnownSubjectsIsSkippedWithItsReason() {
        World world = new World(8, 1, 5);
        Relation wrong = World.relation(IntStream.range(0, 8)
                .mapToObj(i -> World.sample(i, (i + 1) % 8))
                .toList());
        RelationResult result = run(world, wrong, spec(4, 2, List.of(1.0), List.of(8)));
        assertThat(result.trials()).isEmpty();
        assertThat(result.skipped()).hasSize(2);
        assertThat(result.skipped().get(1).reason()).isEqualTo("the model answers none of the 4 test subjects right");
        assertThat(result.summary()).isEmpty();
        assertThat(world.jacobians).as("what the model knows is asked first").isZero();
    }

    @Test
    void testObjectsHaveNoPartInTheChoice() {
        for (long seed = 0; seed < 4; seed++) {
            Noisy world = new Noisy(seed);
            List<Relation.Sample> samples = world.relation().samples();
            List<Relation.Sample> spoilt = new ArrayList<>();
            for (int i = 5; i < 12; i++) { // the first is left right, so that the trial is not skipped
                spoilt.add(i == 5 ? samples.get(5) : World.sample(i, i == 11 ? 6 : i + 1));
            }
            RelationSpec spec = spec(5, 1, List.of(0.5, 1.0, 2.0, 4.0), List.of(1, 3, 6, 12));
            RelationResult whole = run(
                    world, world.relation(), spec, new RelationSplit(samples.subList(0, 5), samples.subList(5, 12)));
            RelationResult corrupt =
                    run(world, world.relation(), spec, new RelationSplit(samples.subList(0, 5), spoilt));
            assertThat(corrupt.trials().get(0).choice())
                    .isEqualTo(whole.trials().get(0).choice());
            assertThat(training(corrupt)).isEqualTo(training(whole)).isNotEmpty();
            assertThat(corrupt.trials().get(0).recallAll())
                    .isNotEqualTo(whole.trials().get(0).recallAll());
        }
    }

    @Test
    void leavingOneOutCostsNoFurtherJacobians() {
        Noisy world = new Noisy(1);
        RelationSpec spec = spec(5, 1, List.of(0.5, 1.0), List.of(1, 12));
        run(world, world.relation(), spec);
        int layers = 3;
        assertThat(world.jacobians)
                .as("5 subjects at each layer, and at the embedding, a baseline")
                .isEqualTo(5 * (layers + 1));
    }

    @Test
    void withoutAnythingToLearnFaithfulnessIsChance() {
        int right = 0;
        int total = 0;
        for (long seed = 0; seed < 40; seed++) {
            Permuted world = new Permuted(seed);
            for (RelationTrial trial : run(world, world.permuted(), spec(4, 1, List.of(1.0), List.of(8)))
                    .trials()) {
                right += trial.faithfulness().correct();
                total += trial.faithfulness().total();
            }
        }
        assertThat(total).isEqualTo(160);
        // 1 of 8; the 95% interval of 160 draws is about ±0.06
        assertThat(new Rate(right, total).interval().contains(1.0 / 8)).isTrue();
    }

    @Test
    void aStudyResumesFromStoredJacobiansWithTheSameResult() {
        Noisy world = new Noisy(2);
        RelationSpec spec = spec(5, 2, List.of(0.5, 1.0, 2.0), List.of(1, 6, 12));
        RelationResult plain = run(world, world.relation(), spec);
        var store = new JacobianFiles(folder, "toy", new AtomicFile());
        world.jacobians = 0;
        assertThat(run(new ResumableModel(world, store), world, spec)).isEqualTo(plain);
        assertThat(world.jacobians).isPositive();
        world.jacobians = 0;
        assertThat(run(new ResumableModel(world, store), world, spec)).isEqualTo(plain);
        assertThat(world.jacobians).isZero();
    }

    @Test
    void progressCountsUpToItsTotal() {
        World world = new World(8, 1, 5);
        List<Integer> seen = new ArrayList<>();
        new RelationStudy(world, "a toy", world.tokenizer, spec(4, 2, List.of(1.0), List.of(8)))
                .run(world.relation(), (done, total, step) -> {
                    assertThat(total).isEqualTo(2 * (3 + 1));
                    seen.add(done);
                });
        assertThat(seen).isEqualTo(IntStream.rangeClosed(0, 8).boxed().toList());
    }

    @Test
    void aWOfZeroReadsItsBiasAndCannotBeEditedWith() {
        World world = new World(8, 1, 5) {
            @Override
            protected RealMatrix derivative(double[] e) {
                return truth.scalarMultiply(0);
            }
        };
        RelationResult result = run(world, world.relation(), spec(4, 2, List.of(1.0, 2.0), List.of(1, 8)));
        for (RelationTrial trial : result.trials()) {
            assertThat(trial.choice().editLayer()).isEmpty();
            assertThat(trial.choice().rank()).isEmpty();
            assertThat(trial.causality()).isEmpty();
            assertThat(trial.editors()).isEmpty();
            assertThat(trial.faithfulness().correct()).isZero();
            assertThat(trial.operator().directions()).isEmpty();
            assertThat(trial.operator().singularValues()).hasSize(8).allMatch(s -> s == 0);
        }
        assertThat(result.summary()).doesNotContainKey(RelationResult.CAUSALITY);
    }

    @Test
    void everyEstimatorCanBeTheOneThatIsScored() {
        for (EstimatorKind kind : EstimatorKind.values()) {
            World world = new World(8, 1, 5);
            RelationSpec base = spec(4, 2, List.of(1.0, 2.0), List.of(1, 8));
            RelationResult result = run(
                    world,
                    world.relation(),
                    new RelationSpec(
                            base.layers(),
                            base.editLayers(),
                            base.to(),
                            base.betas(),
                            base.ranks(),
                            kind,
                            List.of(EstimatorKind.values()),
                            base.readRank(),
                            base.residual(),
                            base.train(),
                            base.trials(),
                            base.demonstrations(),
                            base.template(),
                            base.prefix(),
                            base.match(),
                            base.k(),
                            base.maxTests(),
                            base.testCurves(),
                            base.directions(),
                            base.seed()));
            assertThat(result.estimator()).isEqualTo(kind.key());
            for (RelationTrial trial : result.trials()) {
                assertThat(trial.estimators()).containsKeys(others(kind)).doesNotContainKey(kind.key());
                boolean jacobian = kind.key().startsWith("jacobian") || kind == EstimatorKind.EMBEDDING;
                if (jacobian) {
                    assertThat(trial.faithfulness().value()).isEqualTo(1);
                    assertThat(trial.causality().orElseThrow().value()).isEqualTo(1);
                }
                assertThat(trial.estimators().containsKey(RelationResult.BETA_ONE))
                        .isEqualTo(trial.choice().beta().isPresent());
                assertThat(trial.choice().beta().isPresent())
                        .isEqualTo(jacobian || kind == EstimatorKind.LEARNED_LINEAR);
            }
        }
    }

    @Test
    void mistakesAreNamed() {
        World world = new World(8, 1, 5);
        assertThatThrownBy(() -> run(world, world.relation(), spec(8, 1, List.of(1.0), List.of(8))))
                .hasMessageContaining("8 training samples asked for, but it has 8");
        assertThatThrownBy(() -> spec(1, 1, List.of(1.0), List.of(8))).hasMessageContaining("train = 1");
        assertThatThrownBy(() -> spec(4, 1, List.of(Double.NaN), List.of(8))).hasMessageContaining("betas = [NaN]");
        assertThatThrownBy(() -> spec(4, 1, List.of(1.0), List.of(0))).hasMessageContaining("ranks = [0]");
        assertThatThrownBy(() -> new RelationStudy(world, "a toy", world.tokenizer, layers(List.of("2"))))
                .hasMessageContaining("both ends are 2");
        assertThatThrownBy(() -> new RelationStudy(world, "a toy", world.tokenizer, layers(List.of("7"))))
                .hasMessageContaining("layer 7 is out of range");
    }

    private static String[] others(EstimatorKind kind) {
        return Arrays.stream(EstimatorKind.values())
                .filter(other -> other != kind)
                .map(EstimatorKind::key)
                .toArray(String[]::new);
    }

    private static RelationSpec layers(List<String> layers) {
        return spec(layers, 4, 1, List.of(1.0), List.of(8));
    }

    private static RelationResult run(World world, Relation relation, RelationSpec spec) {
        return new RelationStudy(world, "a toy", world.tokenizer, spec).run(relation, RelationProgress.NONE);
    }

    private static RelationResult run(SubjectModel model, World world, RelationSpec spec) {
        return new RelationStudy(model, "a toy", world.tokenizer, spec).run(world.relation(), RelationProgress.NONE);
    }

    private static RelationResult run(World world, Relation relation, RelationSpec spec, RelationSplit split) {
        return new RelationStudy(world, "a toy", world.tokenizer, spec)
                .run(relation, List.of(split), RelationProgress.NONE);
    }

    private static RelationTrial run(World world, List<Relation.Sample> samples, RelationSplit split) {
        return run(world, World.relation(samples), spec(3, 1, List.of(1.0), List.of(8)), split)
                .trials()
                .get(0);
    }

    private static Curve curve(RelationResult result, Curve.Axis axis, Curve.Subjects subjects) {
        return result.curves().stream()
                .filter(c -> c.axis() == axis && c.subjects() == subjects)
                .findFirst()
                .orElseThrow();
    }

    private static List<Curve> training(RelationResult result) {
        return result.curves().stream()
                .filter(c -> c.subjects() == Curve.Subjects.TRAINING)
                .toList();
    }
}
