package io.reprise.analysis.relation.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.data.ComponentSpec;
import io.reprise.data.Dataset;
import io.reprise.data.DatasetBuilder;
import io.reprise.data.IntRange;
import io.reprise.data.Relation;
import io.reprise.data.Rule;
import io.reprise.data.SeriesCatalogue;
import io.reprise.data.SplitBy;
import io.reprise.data.SplitSpec;
import io.reprise.data.TaskSpec;
import io.reprise.data.TokenKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TaskRelationsTest {
    private static final SplitSpec HALVES = SplitSpec.of(SplitBy.EXAMPLE, "0.5", "0.0", "0.5");

    private static List<Relation> relations(TaskSpec task, Integer... contexts) {
        Dataset data = new DatasetBuilder(new SeriesCatalogue(Path.of("datasets"), Path.of(""))).build(task, HALVES);
        return TaskRelations.of(task, data, List.of(contexts));
    }

    private static ComponentSpec triples(int subjects, int relations) {
        return new ComponentSpec(
                Optional.empty(),
                new Rule.Triples(subjects, relations, 4, false, 0),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static ComponentSpec next(int from, int to, int longest) {
        return ComponentSpec.of("numerals", new Rule.Add(1), new IntRange(from, to), new IntRange(2, longest));
    }

    @Test
    void ofTriplesEveryRelationTokenIsOneWithAllSubjectsWhateverTheirSplit() {
        List<Relation> relations = relations(TaskSpec.of(triples(20, 3)).withDelimiters(true, false), 3);
        assertThat(relations).extracting(Relation::name).containsExactlyInAnyOrder("r1", "r2", "r3");
        for (Relation relation : relations) {
            assertThat(relation.samples()).hasSize(20);
            assertThat(relation.repeatedSubjects()).isEmpty();
            assertThat(relation.promptTemplates()).containsExactly("<start> {} " + relation.name());
            assertThat(relation.samples().stream().map(Relation.Sample::object).distinct())
                    .hasSize(4);
        }
    }

    @Test
    void ofASuccessorTheSubjectIsTheLastMemberShownAndTheContextGoesWithIt() {
        List<Relation> relations = relations(TaskSpec.of(next(1, 30, 5)), 1, 3);
        assertThat(relations).extracting(Relation::name).containsExactly("add_1_after_1", "add_1_after_3");
        assertThat(relations.get(1).promptTemplates()).containsExactly("{}");
        assertThat(relations.get(1).samples()).contains(new Relation.Sample("7 8 9", "10"));
        for (Relation.Sample sample : relations.get(0).samples()) {
            assertThat(Integer.parseInt(sample.object())).isEqualTo(Integer.parseInt(sample.subject()) + 1);
        }
        assertThat(relations.get(0).repeatedSubjects()).isEmpty();
    }

    @Test
    void whatHasNoSubjectsIsRefused() {
        ComponentSpec sum = new ComponentSpec(
                Optional.empty(),
                Rule.Sum.defaults(),
                Optional.empty(),
                Optional.of(new IntRange(1, 9)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        assertThatThrownBy(() -> relations(TaskSpec.of(sum), 3))
                .hasMessageStartingWith("relation asks for the one object of a subject, and sum has none");
        assertThatThrownBy(() -> relations(TaskSpec.of(next(1, 30, 5)).withTokens(TokenKind.DIGIT), 3))
                .hasMessageContaining("write tokens: value");
        assertThatThrownBy(() -> relations(TaskSpec.of(next(1, 30, 5)), 5)).hasMessageStartingWith("contexts = [5]");
    }
}
