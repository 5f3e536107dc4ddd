package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.Answers;
import io.reprise.data.Relation;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/** Which subject is turned into which. */
final class Edits {
    /** Places in a list of samples. */
    record Edit(int source, int target) {}

    private Edits() {}

    /**
     * For each of {@code eligible} another one, drawn evenly from those with another subject and another first token of the object;
     * with the same first token, an edit that did nothing would count as a success. Subjects without such another are passed over.
     */
    static List<Edit> draw(List<Relation.Sample> samples, List<Integer> eligible, Answers answers, Rng rng) {
        List<Edit> edits = new ArrayList<>();
        for (int source : eligible) {
            Relation.Sample from = samples.get(source);
            List<Integer> targets = new ArrayList<>();
            for (int target : eligible) {
                Relation.Sample to = samples.get(target);
                int first = answers.first(to.object());
                if (!to.subject().equals(from.subject())
                        && first != answers.first(from.object())
                        && !answers.correct(first, from.object())) {
                    targets.add(target);
                }
            }
            if (!targets.isEmpty()) {
                edits.add(new Edit(source, targets.get(rng.nextInt(targets.size()))));
            }
        }
        return edits;
    }
}
