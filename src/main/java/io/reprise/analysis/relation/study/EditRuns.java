package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.Answers;
import io.reprise.analysis.relation.State;
import io.reprise.analysis.relation.SubjectModel;
import io.reprise.analysis.relation.TopTokens;
import java.util.ArrayList;
import java.util.List;

/** Edits of held-out subjects at one layer. */
final class EditRuns {
    private final SubjectModel model;
    private final HeldOut tests;
    private final List<Edits.Edit> edits;
    private final EditFit fit;
    private final List<State> states;
    private final double[][] objects;

    /** @param edits places in {@code tests} */
    EditRuns(SubjectModel model, HeldOut tests, List<Edits.Edit> edits, EditFit fit, Answers answers) {
        this.model = model;
        this.tests = tests;
        this.edits = edits;
        this.fit = fit;
        this.states = model.states(tests.prompts(), fit.operator().ends());
        this.objects = model.unembedding(edits.stream()
                .mapToInt(
                        edit -> answers.first(tests.samples().get(edit.target()).object()))
                .toArray());
    }

    /** The edited model's top token, edit by edit. */
    List<Integer> tops(Editor editor, int rank) {
        List<Integer> tops = new ArrayList<>();
        for (int i = 0; i < edits.size(); i++) {
            Edits.Edit edit = edits.get(i);
            double[] h = editor.edit(states.get(edit.source()), states.get(edit.target()), objects[i], fit.svd(), rank);
            double[] logits = model.nextWith(
                    tests.prompts().get(edit.source()), fit.operator().ends().from(), h);
            tops.add(TopTokens.of(logits, 1).first());
        }
        return tops;
    }

    boolean success(int edit, int top) {
        return tests.correct(top, edits.get(edit).target());
    }

    Rate rate(List<Integer> tops) {
        int right = 0;
        for (int i = 0; i < tops.size(); i++) {
            right += success(i, tops.get(i)) ? 1 : 0;
        }
        return new Rate(right, tops.size());
    }
}
