package io.reprise.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.reprise.config.ConfigTree;
import io.reprise.config.ExperimentConfig;
import io.reprise.config.Plan;
import io.reprise.run.DataSummary;
import io.reprise.run.ExpectationResult;
import io.reprise.run.RunResult;
import io.reprise.stats.Estimate;
import io.reprise.stats.Interval;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SuiteTest {
    private static final double[] WIDE = {0.5, 0.6, 0.7};
    private static final double[] DEEP = {0.4, 0.5, 0.6};

    @Test
    void aMetricOfAnArmIsJudgedByTheWholeIntervalOfItsMeanOverSeeds() {
        // mean 0.6, sd 0.1, t(2) = 4.3027: 0.6 ± 0.2484
        ExpectationResult met = judge("wide/test/accuracy: {at_least: 0.35}");
        assertThat(met.met()).isTrue();
        assertThat(met.measured()).isCloseTo(0.6, within(1e-12));
        ExpectationResult missed = judge("wide/test/accuracy: {at_least: 0.36}");
        assertThat(missed.met()).as("the mean is above, the interval is not").isFalse();
    }

    @Test
    void aDifferenceOfArmsIsPairedBySeed() {
        // 0.1 for every seed: no spread, though the arms themselves overlap
        ExpectationResult result = judge("wide/test/accuracy - deep/test/accuracy: {between: [0.0999, 0.1001]}");
        assertThat(result.met()).isTrue();
        assertThat(result.measured()).isCloseTo(0.1, within(1e-12));
    }

    @Test
    void seedsThatOnlyOneArmHasAreLeftOutOfADifference() {
        Plan plan = plan("wide/test/accuracy - deep/test/accuracy: {at_least: 0.05}");
        List<Suite.Member> members = new ArrayList<>(members(plan));
        members.removeIf(m -> m.run().arm().equals("deep") && m.run().config().modelSeed() != 2);
        ExpectationResult result = new Suite(plan, members).judge().get(0);
        assertThat(result.measured()).isCloseTo(0.1, within(1e-12));
        assertThat(result.met()).isTrue();
    }

    @Test
    void aMetricWithoutAnArmIsJudgedOverAllRuns() {
        assertThat(judge("test/accuracy: {at_least: 0.0}").measured()).isCloseTo(0.55, within(1e-12));
    }

    @Test
    void whatWasNotMeasuredIsNotMet() {
        ExpectationResult result = judge("wide/test/missing: {at_most: 1}");
        assertThat(result.met()).isFalse();
        assertThat(result.measured()).isNaN();
        assertThat(judge("wide/test/accuracy - deep/test/missing: {at_most: 1}").met())
                .isFalse();
    }

    @Test
    void groupsAreArmsAndSeedsAreNot() {
        Plan plan = plan("test/accuracy: {at_least: 0}");
        Suite suite = new Suite(plan, members(plan));
        assertThat(suite.groups()).containsExactly("wide", "deep");
        assertThat(suite.values("deep", "test/accuracy")).containsExactly(0.4, 0.5, 0.6);
        assertThat(suite.members("wide")).hasSize(3);
    }

    @Test
    void oneRunJudgesTheLinesOfItsArm() {
        Map<String, io.reprise.config.Expectation> lines =
                plan("""
                        wide/test/accuracy: {at_least: 0.5, control: wide/test/bigram}
                          deep/test/accuracy: {at_least: 0.5}
                          wide/test/accuracy - deep/test/accuracy: {at_least: 0}
                          wide/test/missing: {at_least: 0}""").experiment().expect();
        List<ExpectationResult> results =
                Expectations.judge(lines, Map.of("test/accuracy", 0.6, "test/bigram", 0.25), "wide");
        assertThat(results).extracting(ExpectationResult::metric).containsExactly("test/accuracy", "test/missing");
        assertThat(results).extracting(ExpectationResult::met).containsExactly(true, false);
        assertThat(results.get(0)).asString().contains("test/bigram = 0.2500");
    }

    @Test
    void comparisonsOfGroupsAreJudgedByTheirIntervals() {
        Plan plan = plan("""
                comparison/depth/x_csi: {at_least: 0.5, control: comparison/depth/null}
                  comparison/depth/tau: {at_least: 0.5}
                  comparison/depth/lens: {at_least: 0.5}""");
        Suite suite = new Suite(
                plan,
                members(plan),
                Map.of(
                        "comparison/depth/x_csi", Estimate.of(0.8, new Interval(0.6, 0.9)),
                        "comparison/depth/null", Estimate.of(0.1),
                        "comparison/depth/tau", Estimate.of(0.8, new Interval(0.4, 0.9)),
                        "comparison/depth/lens", Estimate.none("not identifiable: too few seeds")));
        List<ExpectationResult> results = suite.judge();
        assertThat(results).extracting(ExpectationResult::met).containsExactly(true, false, false);
        assertThat(results.get(0)).asString().contains("0.6000 to 0.9000", "comparison/depth/null = 0.1000");
        assertThat(results.get(2)).asString().contains("too few seeds");
        assertThat(Expectations.judge(plan.experiment().expect(), Map.of(), "")).isEmpty();
    }

    private static ExpectationResult judge(String line) {
        Plan plan = plan(line);
        return new Suite(plan, members(plan)).judge().get(0);
    }

    private static Plan plan(String expect) {
        String yaml = Tiny.YAML + """
                arms:
                  wide: [model.d_model=32]
                  deep: [model.n_layers=2]
                sweep: ["seed=1,2,3"]
                expect:
                """ + "  " + expect + "\n";
        return Plan.of(ConfigTree.parse(yaml, "tiny.yaml", ExperimentConfig.class), List.of(), List.of(), List.of());
    }

    private static List<Suite.Member> members(Plan plan) {
        assertThat(plan.runs()).hasSize(6);
        return plan.runs().stream()
                .map(run -> {
                    double[] values = run.arm().equals("wide") ? WIDE : DEEP;
                    double value = values[(int) run.config().modelSeed() - 1];
                    return new Suite.Member(run, outcome(Map.of("test/accuracy", value)));
                })
                .toList();
    }

    private static RunOutcome outcome(Map<String, Double> metrics) {
        DataSummary data = new DataSummary(Map.of(), Map.of(), 1, Map.of(), List.of());
        RunResult result = new RunResult(
                "tiny",
                "0",
                1,
                "finished",
                "",
                "",
                0,
                0,
                "",
                "",
                data,
                metrics,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Map.of());
        return new RunOutcome(Path.of("nowhere"), result, Optional.empty(), Optional.empty(), false);
    }
}
