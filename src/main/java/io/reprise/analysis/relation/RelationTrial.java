package io.reprise.analysis.relation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One split of a relation's subjects, fitted and scored once.
 *
 * @param trial its number, from 0, which together with the seed decides the split
 * @param train training subjects, in the order of the demonstrations
 * @param trainKnown how many of them the model answers right itself
 * @param choice hyper-parameters, from training subjects only
 * @param known test subjects that the model answers right itself
 * @param unknown test subjects that it doesn't
 * @param recall recall@1 … recall@k on the known ones; the first is faithfulness
 * @param recallAll the same on all test subjects
 * @param recallUnknown the same on the unknown ones; empty if there are none
 * @param agreement how often operator and model have the same top token, over all test subjects
 * @param causality edits through the operator that succeeded; absent where no edit could be tried
 * @param estimators faithfulness of the other estimators, by name; {@link RelationResult#BETA_ONE} among them
 * @param editors success of the other editors on the same edits, by name
 * @param operator its norms, singular values and directions
 * @param samples every test subject
 */
public record RelationTrial(
        int trial,
        List<String> train,
        int trainKnown,
        Choice choice,
        int known,
        int unknown,
        List<Rate> recall,
        List<Rate> recallAll,
        List<Rate> recallUnknown,
        Rate agreement,
        Optional<Rate> causality,
        Map<String, Rate> estimators,
        Map<String, Rate> editors,
        OperatorPicture operator,
        List<SampleOutcome> samples) {
    public RelationTrial {
        train = List.copyOf(train);
        recall = List.copyOf(recall);
        recallAll = List.copyOf(recallAll);
        recallUnknown = List.copyOf(recallUnknown);
        estimators = Collections.unmodifiableMap(new LinkedHashMap<>(estimators));
        editors = Collections.unmodifiableMap(new LinkedHashMap<>(editors));
        samples = List.copyOf(samples);
    }

    /** recall@1 on known test subjects. */
    public Rate faithfulness() {
        return recall.get(0);
    }
}
