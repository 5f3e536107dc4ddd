package io.reprise.analysis.relation.study;

import static io.reprise.analysis.relation.study.Studies.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.relation.Output;
import io.reprise.analysis.relation.PromptMaker;
import io.reprise.analysis.relation.World;
import io.reprise.data.Relation;
import java.util.List;
import org.junit.jupiter.api.Test;

class OperatorFitTest {
    @Test
    void anOperatorIsFittedToGivenSubjectsWithItsChoice() {
        World world = new RelationStudyTest.Flat();
        List<Relation.Sample> samples = world.relation().samples();
        var fit = new OperatorFit(world, world.tokenizer, spec(2, 1, List.of(1.0, 4.0), List.of(8)));
        OperatorFit.Fitted fitted = fit.fit(world.relation(), samples.subList(0, 2), RelationProgress.NONE);
        assertThat(fitted.operator().beta()).isEqualTo(4);
        assertThat(fitted.choice().beta()).contains(4.0);
        assertThat(fitted.picture().singularValues()).hasSize(8);
        var prompts = new PromptMaker(world.tokenizer, "");
        Output output = fitted.operator()
                .apply(world, List.of(fitted.operator().prompt(prompts, "s7")), 1)
                .get(0);
        assertThat(world.tokenizer.token(output.top().first())).isEqualTo("o7");
        assertThatThrownBy(() -> fit.fit(world.relation(), samples.subList(0, 1), RelationProgress.NONE))
                .hasMessageContaining("1 training samples; expected 2 or more");
    }
}
