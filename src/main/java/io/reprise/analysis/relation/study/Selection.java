package io.reprise.analysis.relation.study;

import io.reprise.analysis.relation.Answers;
import io.reprise.analysis.relation.End;
import io.reprise.analysis.relation.Ends;
import io.reprise.analysis.relation.Estimator;
import io.reprise.analysis.relation.LinearOperator;
import io.reprise.analysis.relation.State;
import io.reprise.analysis.relation.SubjectPrompt;
import io.reprise.analysis.relation.Svd;
import io.reprise.analysis.relation.TopTokens;
import io.reprise.analysis.relation.Training;
import io.reprise.data.Relation;
import io.reprise.tensor.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Fits operators at every layer and scores layer, β and rank on training subjects alone; test subjects can't have a part in it, since
 * it isn't given any.
 *
 * <p>Layer and β: each training subject in turn is left out of the fit, and decoded by it. (Its fact may have been shown in the others'
 * prompts, so that one Jacobian per subject and layer is enough.) Layer and rank: edits from one training subject to another by a W
 * fitted to all; b, which holds their z, has no part in an edit. Subjects that the model itself gets wrong don't count unless it gets
 * all wrong.
 */
final class Selection {
    private final Training training;
    private final Answers answers;
    private final End to;
    private final List<Double> betas;
    private final List<Integer> ranks;
    private final List<Integer> counted;
    private final List<Edits.Edit> edits;

    Selection(Training training, Answers answers, End to, List<Double> betas, List<Integer> ranks, Rng rng) {
        this.training = training;
        this.answers = answers;
        this.to = to;
        this.betas = betas;
        this.ranks = ranks;
        List<Integer> all = IntStream.range(0, training.size()).boxed().toList();
        List<Integer> known = known(training, answers);
        this.counted = known.isEmpty() ? all : known;
        List<Edits.Edit> among = Edits.draw(training.samples(), counted, answers, rng);
        this.edits = among.isEmpty() ? Edits.draw(training.samples(), all, answers, rng) : among;
    }

    /** Every fit, by estimator, and every inverse. */
    record Fits(Map<String, List<ReadFit>> reads, List<EditFit> edits) {}

    /**
     * @param readers estimators that read, the main one first
     * @param editor the estimator that edits
     * @param step is told each layer before its turn
     */
    Fits fit(List<Estimator> readers, Estimator editor, List<End> layers, List<End> editLayers, Consumer<String> step) {
        Map<String, List<ReadFit>> reads = new LinkedHashMap<>();
        readers.forEach(reader -> reads.put(reader.name(), new ArrayList<>()));
        List<EditFit> inverses = new ArrayList<>();
        Set<End> both = new LinkedHashSet<>(layers);
        both.addAll(editLayers);
        Set<String> done = new LinkedHashSet<>();
        for (End layer : both) {
            step.accept("layer " + layer);
            for (int i = 0; i < readers.size(); i++) {
                Estimator reader = readers.get(i);
                Ends ends = new Ends(reader.from(layer), to);
                if (layers.contains(layer) && done.add(reader.name() + " " + ends)) {
                    reads.get(reader.name()).add(read(reader, ends));
                }
                Ends edited = new Ends(editor.from(layer), to);
                if (i == 0 && editLayers.contains(layer) && done.add("edit " + edited)) {
                    edit(editor, edited).ifPresent(inverses::add); // while the layer's Jacobians are held
                }
            }
        }
        return new Fits(reads, inverses);
    }

    /** Places of the training subjects that the model answers right. */
    static List<Integer> known(Training training, Answers answers) {
        List<SubjectPrompt> prompts =
                IntStream.range(0, training.size()).mapToObj(training::prompt).toList();
        double[][] logits = training.model().next(prompts);
        return IntStream.range(0, training.size())
                .filter(i -> answers.correct(
                        TopTokens.of(logits[i], 1).first(), training.sample(i).object()))
                .boxed()
                .toList();
    }

    private ReadFit read(Estimator estimator, Ends ends) {
        LinearOperator whole = estimator.fit(training, ends);
        List<LinearOperator> inner = new ArrayList<>();
        List<SubjectPrompt> prompts = new ArrayList<>();
        List<String> objects = new ArrayList<>();
        for (int left : counted) {
            Relation.Sample sample = training.sample(left);
            LinearOperator fitted = estimator.fit(training.without(left), ends);
            inner.add(fitted);
            prompts.add(fitted.prompt(training.prompts(), sample.subject()));
            objects.add(sample.object());
        }
        List<State> states = training.model().states(prompts, ends);
        List<Double> tried = whole.weight().isPresent() && whole.bias().isPresent() ? betas : List.of(1.0);
        List<Score> scores = new ArrayList<>();
        for (double beta : tried) {
            double[][] z = new double[inner.size()][];
            for (int i = 0; i < z.length; i++) {
                z[i] = inner.get(i).withBeta(beta).z(states.get(i).h());
            }
            scores.add(Score.of(training.model().decode(z, to), objects, answers));
        }
        return new ReadFit(whole, tried, scores);
    }

    /** Empty if W is zero, which nothing can invert. */
    private Optional<EditFit> edit(Estimator estimator, Ends ends) {
        LinearOperator operator = estimator.fit(training, ends);
        Optional<Svd> svd = operator.weight().map(Svd::of);
        if (svd.isPresent() && svd.get().rank() == 0) {
            return Optional.empty();
        }
        List<Integer> tried = svd.isEmpty() ? List.of(1) : ranksOf(svd.get());
        List<State> states = training.states(ends);
        List<Score> scores = new ArrayList<>();
        for (int rank : edits.isEmpty() ? List.<Integer>of() : tried) {
            double[][] logits = new double[edits.size()][];
            List<String> wanted = new ArrayList<>();
            for (int i = 0; i < logits.length; i++) {
                Edits.Edit edit = edits.get(i);
                double[] h = Editor.OPERATOR.edit(
                        states.get(edit.source()), states.get(edit.target()), new double[0], svd, rank);
                logits[i] = training.model().nextWith(training.prompt(edit.source()), ends.from(), h);
                wanted.add(training.sample(edit.target()).object());
            }
            scores.add(Score.of(logits, wanted, answers));
        }
        return Optional.of(new EditFit(operator, svd, tried, scores));
    }

    /** Those that W has; if it has none of them, its own. */
    private List<Integer> ranksOf(Svd svd) {
        List<Integer> possible =
                ranks.stream().filter(rank -> rank <= svd.rank()).toList();
        return possible.isEmpty() ? List.of(svd.rank()) : possible;
    }
}
