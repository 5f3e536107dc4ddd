package io.reprise.experiment;

import io.reprise.analysis.lens.Cell;
import io.reprise.analysis.lens.Lens;
import io.reprise.analysis.lens.LensSpec;
import io.reprise.analysis.lens.Statistic;
import io.reprise.analysis.lens.Trajectory;
import io.reprise.config.AnalysisChoice;
import io.reprise.data.Dataset;
import io.reprise.data.Example;
import io.reprise.model.Transformer;
import io.reprise.report.LensFigure;
import io.reprise.report.LensView;
import io.reprise.run.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The lens on unseen examples: at determined positions, how often each row's best token is the right one, what probability it
 * gives to it, and how far it is from the model's own distribution; and the depth at which the model's guess is decided.
 */
final class LensByDepth {
    /** Examples measured, at most: enough for an interval of a few tenths of a percent. */
    private static final int MOST_EXAMPLES = 1000;

    private static final int SAMPLES = 3;
    private static final int BATCH = 64;

    private final Transformer model;
    private final Dataset data;
    private final AnalysisChoice.Lens choice;

    LensByDepth(Transformer model, Dataset data, AnalysisChoice.Lens choice) {
        this.model = model;
        this.data = data;
        this.choice = choice;
    }

    /** @param unseen examples that the model was not trained on */
    Findings findings(List<Example> unseen) {
        int topK = Math.min(choice.topK(), model.config().dVocab());
        LensSpec spec = LensSpec.defaults()
                .withRows(true, choice.blockStep(), choice.subBlocks())
                .withDecoder(choice.decoder())
                .withTopK(topK);
        Lens lens = new Lens(model, spec);
        List<Example> examples = unseen.subList(0, Math.min(MOST_EXAMPLES, unseen.size()));
        List<Trajectory> traced =
                lens.trace(examples.stream().map(Example::tokens).toList(), BATCH, done -> {});
        List<Figure> figures = new ArrayList<>();
        Map<String, Double> metrics = new LinkedHashMap<>();
        List<Tally> tallies = new ArrayList<>();
        for (int row = 0; row < lens.rows().size(); row++) {
            Tally tally = tally(row, examples, traced);
            tallies.add(tally);
            String prefix = "lens/" + lens.rows().get(row).site() + "/";
            metrics.put(prefix + "accuracy", tally.right / tally.total);
            metrics.put(prefix + "probability", tally.probability / tally.total);
            metrics.put(prefix + "kl", tally.kl / tally.total);
            metrics.put(prefix + "entropy", tally.entropy / tally.total);
        }
        metrics.put("lens/decided_depth", decidedDepth(lens.rows(), examples, traced));
        accuracyByDepth(lens.rows(), tallies, figures);
        samples(lens, examples, traced, figures);
        return Findings.of(figures, metrics);
    }

    /** Sums over determined positions of one row. */
    private static final class Tally {
        private double total;
        private double right;
        private double probability;
        private double kl;
        private double entropy;
        /** Position → right and total. */
        private final Map<Integer, double[]> byPosition = new TreeMap<>();
    }

    private Tally tally(int row, List<Example> examples, List<Trajectory> traced) {
        Tally tally = new Tally();
        for (int n = 0; n < examples.size(); n++) {
            for (int position : determined(examples.get(n))) {
                Cell cell = traced.get(n).cell(row, position - 1);
                int right = cell.top().get(0).token() == examples.get(n).token(position) ? 1 : 0;
                tally.total++;
                tally.right += right;
                tally.probability += cell.next().orElseThrow().probability();
                tally.kl += cell.kl();
                tally.entropy += cell.entropy();
                double[] here = tally.byPosition.computeIfAbsent(position, p -> new double[2]);
                here[0] += right;
                here[1]++;
            }
        }
        return tally;
    }

    private int[] determined(Example example) {
        return IntStream.range(1, example.length())
                .filter(i -> Evaluate.determined(data.determinacy()).test(example, i))
                .toArray();
    }

    /** Mean depth, in blocks, of the first row from which on every row's best token is the model's guess. */
    private double decidedDepth(List<Trajectory.Row> rows, List<Example> examples, List<Trajectory> traced) {
        double sum = 0;
        long count = 0;
        for (int n = 0; n < examples.size(); n++) {
            Trajectory trajectory = traced.get(n);
            for (int position : determined(examples.get(n))) {
                int row = rows.size() - 1;
                while (row > 0
                        && trajectory.cell(row - 1, position - 1).top().get(0).token()
                                == trajectory.guess(position - 1)) {
                    row--;
                }
                sum += rows.get(row).depth();
                count++;
            }
        }
        return sum / count;
    }

    private static void accuracyByDepth(List<Trajectory.Row> rows, List<Tally> tallies, List<Figure> figures) {
        List<Integer> positions = List.copyOf(tallies.get(0).byPosition.keySet());
        if (positions.isEmpty()) {
            return;
        }
        List<String> labels = new ArrayList<>();
        List<List<Double>> values = new ArrayList<>();
        List<List<String>> texts = new ArrayList<>();
        for (int row = rows.size() - 1; row >= 0; row--) {
            labels.add(rows.get(row).name());
            Tally tally = tallies.get(row);
            List<Double> shares = positions.stream()
                    .map(position ->
                            tally.byPosition.get(position)[0] / tally.byPosition.get(position)[1])
                    .toList();
            values.add(shares);
            texts.add(shares.stream()
                    .map(share -> String.format(Locale.ROOT, "%.3f", share))
                    .toList());
        }
        figures.add(new Figure(
                "lens-accuracy",
                "Logit lens: right at which depth",
                "How often the best token of the stream at each depth is the right one, at determined positions of unseen"
                        + " sequences. The last row is the model itself.",
                "accuracy",
                "depth",
                "position",
                labels,
                positions.stream().map(Object::toString).toList(),
                values,
                new Figure.Words(texts, List.of(), List.of())));
    }

    private void samples(Lens lens, List<Example> examples, List<Trajectory> traced, List<Figure> figures) {
        LensView view = new LensView(
                "", "", lens.decoder().toString(), List.of(), Statistic.PROBABILITY, false, data.vocabulary()::token);
        int count = Math.min(SAMPLES, examples.size());
        for (int n = 0; n < count; n++) {
            Trajectory trajectory = traced.get((int) ((long) n * examples.size() / count));
            figures.add(LensFigure.of(
                    view,
                    trajectory,
                    "lens-sample-" + (n + 1),
                    "Logit lens on unseen sequence " + (n + 1),
                    "Each row's best next token, shaded by the probability that the row gives to the model's own guess. Above:"
                            + " the token that comes next, * where the model's guess is right."));
        }
    }
}
