package io.reprise.analysis.circuit.editing;

import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Activations;
import io.reprise.model.Intervention;
import io.reprise.model.Site;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Runs of the prompts of a task, group by group. */
final class LastLogits {
    private LastLogits() {}

    /** Of the clean prompts, [prompt, d_vocab]. */
    static double[][] of(Transformer model, PairSet pairs, Function<PairSet.Group, List<Intervention>> edits) {
        Site site = Site.of(Site.Kind.LOGITS);
        int vocabulary = model.config().dVocab();
        List<double[]> rows = new ArrayList<>();
        for (PairSet.Group group : pairs.groups()) {
            Activations.Value logits = model.run(tokens(group, PromptPair::clean), List.of(site), edits.apply(group))
                    .get(site);
            for (int i = 0; i < group.pairs().size(); i++) {
                int from = ((i + 1) * group.length() - 1) * vocabulary;
                rows.add(Arrays.copyOfRange(logits.data(), from, from + vocabulary));
            }
        }
        return rows.toArray(double[][]::new);
    }

    static Tokens tokens(PairSet.Group group, Function<PromptPair, List<Integer>> side) {
        int[] ids = group.pairs().stream()
                .flatMap(pair -> side.apply(pair).stream())
                .mapToInt(Integer::intValue)
                .toArray();
        return new Tokens(ids, group.pairs().size(), group.length());
    }
}
