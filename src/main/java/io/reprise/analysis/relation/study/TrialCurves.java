package io.reprise.analysis.relation.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the curves of all trials, and averages them. */
final class TrialCurves {
    static final String RECALL = "recall";
    static final String EFFICACY = "efficacy";

    private record Key(Curve.Axis axis, String measure, Curve.Subjects subjects, String layer) {}

    private final Map<Key, Map<String, List<Double>>> values = new LinkedHashMap<>();

    /** What training subjects told when the choice was made. */
    void addTraining(List<ReadFit> reads, List<EditFit> edits) {
        for (ReadFit fit : reads) {
            add(
                    Curve.Axis.LAYER,
                    RECALL,
                    Curve.Subjects.TRAINING,
                    "",
                    fit.layer(),
                    fit.score().rate());
            for (int i = 0; i < fit.betas().size(); i++) {
                addBeta(Curve.Subjects.TRAINING, fit, i, fit.scores().get(i).rate());
            }
        }
        for (EditFit fit : edits) {
            fit.score()
                    .ifPresent(score ->
                            add(Curve.Axis.LAYER, EFFICACY, Curve.Subjects.TRAINING, "", fit.layer(), score.rate()));
            for (int i = 0; i < fit.scores().size(); i++) {
                addRank(Curve.Subjects.TRAINING, fit, i, fit.scores().get(i).rate());
            }
        }
    }

    /** Of one layer's operator on known test subjects; on the curve of layers β is that of training. */
    void addTest(ReadFit fit, List<Rate> recallByBeta) {
        for (int i = 0; i < recallByBeta.size(); i++) {
            addBeta(Curve.Subjects.TEST, fit, i, recallByBeta.get(i));
            if (fit.betas().get(i) == fit.beta()) {
                add(Curve.Axis.LAYER, RECALL, Curve.Subjects.TEST, "", fit.layer(), recallByBeta.get(i));
            }
        }
    }

    /** Of one layer's inverse on known test subjects; on the curve of layers the rank is that of training. */
    void addTest(EditFit fit, List<Rate> efficacyByRank) {
        for (int i = 0; i < efficacyByRank.size(); i++) {
            addRank(Curve.Subjects.TEST, fit, i, efficacyByRank.get(i));
            if (fit.ranks().get(i) == fit.rank()) {
                add(Curve.Axis.LAYER, EFFICACY, Curve.Subjects.TEST, "", fit.layer(), efficacyByRank.get(i));
            }
        }
    }

    List<Curve> curves() {
        List<Curve> curves = new ArrayList<>();
        values.forEach((key, points) -> curves.add(new Curve(
                key.axis(),
                key.measure(),
                key.subjects(),
                key.layer(),
                points.entrySet().stream()
                        .map(point -> new Curve.Point(point.getKey(), Spread.of(point.getValue())))
                        .toList())));
        return curves;
    }

    private void addBeta(Curve.Subjects subjects, ReadFit fit, int i, Rate rate) {
        add(Curve.Axis.BETA, RECALL, subjects, fit.layer(), fit.betas().get(i).toString(), rate);
    }

    private void addRank(Curve.Subjects subjects, EditFit fit, int i, Rate rate) {
        if (fit.svd().isPresent()) {
            add(
                    Curve.Axis.RANK,
                    EFFICACY,
                    subjects,
                    fit.layer(),
                    fit.ranks().get(i).toString(),
                    rate);
        }
    }

    private void add(Curve.Axis axis, String measure, Curve.Subjects subjects, String layer, String at, Rate rate) {
        values.computeIfAbsent(new Key(axis, measure, subjects, layer), key -> new LinkedHashMap<>())
                .computeIfAbsent(at, place -> new ArrayList<>())
                .add(rate.value());
    }
}
