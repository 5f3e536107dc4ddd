package io.reprise.report;

import io.reprise.analysis.relation.Choice;
import io.reprise.analysis.relation.Curve;
import io.reprise.analysis.relation.OperatorPicture;
import io.reprise.analysis.relation.OperatorPicture.Direction;
import io.reprise.analysis.relation.OperatorPicture.TokenScore;
import io.reprise.analysis.relation.Rate;
import io.reprise.analysis.relation.RelationResult;
import io.reprise.analysis.relation.RelationTrial;
import io.reprise.analysis.relation.SampleOutcome;
import io.reprise.analysis.relation.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** Plausible, invented results of relation operators. */
public final class MadeUpRelations {
    private static final List<String> LAYERS =
            IntStream.rangeClosed(-2, 10).mapToObj(MadeUpRelations::layer).toList();
    private static final List<Double> BETAS = List.of(0.5, 1.0, 1.5, 2.0, 2.25, 2.5, 3.0, 4.0, 5.0);
    private static final List<Integer> RANKS = List.of(1, 2, 4, 8, 16, 32, 64, 128, 256);

    private MadeUpRelations() {}

    private static String layer(int i) {
        return i == -2 ? "embed" : i == -1 ? "embed+pos" : Integer.toString(i);
    }

    /** Capitals: three trials, one skipped, mostly right. */
    public static RelationResult capitals() {
        return relation("country_capital_city", Countries.PAIRS, 3, 0.85, 0.75, 1, true);
    }

    /** One trial: no standard deviation. */
    public static RelationResult oneTrial() {
        return relation("word antonym", Countries.WORDS, 1, 0.6, 0.5, 2, true);
    }

    /** An estimator whose inverse could not be tried. */
    public static RelationResult withoutCausality() {
        return relation("name_gender", Countries.WORDS, 3, 0.5, Double.NaN, 3, false);
    }

    /** Other scripts, tokens with spaces and markup. */
    public static RelationResult unicode() {
        return relation("国の首都 → столица <b>", Countries.UNICODE, 2, 0.7, 0.4, 4, true);
    }

    /** A name and subjects that are longer than any column. */
    public static RelationResult longNames() {
        return relation(
                "person_who_was_the_lead_singer_of_the_band_that_first_recorded_the_song",
                Countries.LONG,
                3,
                0.35,
                0.2,
                5,
                true);
    }

    /** Nothing could be scored. */
    public static RelationResult skipped() {
        return new RelationResult(
                "pokemon_evolution",
                "GPT-2 small (124M)",
                "{} evolves into",
                "jacobian_icl_mean",
                "11",
                "text that begins the object",
                21,
                0.05,
                List.of(),
                List.of(new RelationResult.Skipped(0, "only 2 of 44 subjects are known; 5 are needed for training")),
                Map.of(),
                List.of());
    }

    /** The published number of relations. */
    public static List<RelationResult> fortySeven() {
        Random random = new Random(47);
        List<RelationResult> all =
                new ArrayList<>(List.of(capitals(), withoutCausality(), unicode(), longNames(), skipped()));
        while (all.size() < 47) {
            double quality = Math.min(1, Math.max(0.02, 0.65 + 0.3 * random.nextGaussian()));
            all.add(relation(
                    "relation_" + (all.size() % 2 == 0 ? "of_things_" : "") + all.size(),
                    Countries.PAIRS,
                    3,
                    quality,
                    Math.min(1, Math.max(0, quality - 0.1 + 0.15 * random.nextGaussian())),
                    all.size(),
                    true));
        }
        return all;
    }

    private static RelationResult relation(
            String name, List<String> pairs, int trials, double faithful, double causal, long seed, boolean tests) {
        Random random = new Random(seed);
        List<RelationTrial> done = new ArrayList<>();
        for (int trial = 0; trial < trials; trial++) {
            done.add(trial(trial == 0 ? 0 : trial + 1, pairs, faithful, causal, random));
        }
        Map<String, Spread> summary = summary(done);
        return new RelationResult(
                name,
                "GPT-2 small (124M)",
                "The capital of {} is",
                "jacobian_icl_mean",
                "11",
                "text that begins the object",
                (int) pairs.stream()
                        .map(pair -> pair.split(":", -1)[1])
                        .distinct()
                        .count(),
                1.0 / pairs.size(),
                done,
                trials == 1
                        ? List.of()
                        : List.of(new RelationResult.Skipped(
                                1, "all 4 known test subjects have the same object; another split may do")),
                summary,
                curves(trials, faithful, causal, random, tests));
    }

    private static RelationTrial trial(int number, List<String> pairs, double faithful, double causal, Random random) {
        List<SampleOutcome> samples = new ArrayList<>();
        List<String> train = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i++) {
            String[] pair = pairs.get((i + 3 * number) % pairs.size()).split(":", -1);
            String[] other = pairs.get((i + 3 * number + 4) % pairs.size()).split(":", -1);
            if (i < 5) {
                train.add(pair[0]);
                continue;
            }
            boolean known = random.nextDouble() < 0.85;
            boolean right = random.nextDouble() < faithful;
            boolean success = random.nextDouble() < causal;
            samples.add(new SampleOutcome(
                    pair[0],
                    pair[1],
                    known,
                    known ? " " + first(pair[1]) : " the",
                    right ? " " + first(pair[1]) : " " + first(other[1]),
                    right,
                    known && !Double.isNaN(causal)
                            ? Optional.of(new SampleOutcome.Edit(
                                    other[0], other[1], " " + first(success ? other[1] : pair[1]), success))
                            : Optional.empty()));
        }
        samples.set(0, known(samples.get(0)));
        List<SampleOutcome> known =
                samples.stream().filter(SampleOutcome::known).toList();
        int n = known.size();
        int right = (int) known.stream().filter(SampleOutcome::faithful).count();
        int edits = (int) known.stream().filter(s -> s.edit().isPresent()).count();
        int worked = (int) known.stream()
                .filter(s -> s.edit().map(SampleOutcome.Edit::success).orElse(false))
                .count();
        Map<String, Rate> estimators = new LinkedHashMap<>();
        List.of("identity", "translation", "learned_linear", "embedding", "corner")
                .forEach(name -> estimators.put(name, new Rate((int) (random.nextDouble() * 0.7 * right), n)));
        Map<String, Rate> editors = new LinkedHashMap<>();
        if (edits > 0) {
            editors.put("oracle_h", new Rate(edits, edits));
            List.of("target_z", "object_embedding", "operator_object_embedding")
                    .forEach(name -> editors.put(name, new Rate((int) (random.nextDouble() * 0.7 * edits), edits)));
        }
        return new RelationTrial(
                number,
                train,
                4,
                new Choice(
                        number == 2 ? "6" : "5",
                        Optional.of(number == 3 ? 2.5 : 2.25),
                        edits == 0 ? Optional.empty() : Optional.of("3"),
                        edits == 0 ? Optional.empty() : Optional.of(number == 2 ? 64 : 32),
                        0.8,
                        edits == 0 ? Optional.empty() : Optional.of(0.6)),
                n,
                samples.size() - n,
                List.of(new Rate(right, n), new Rate(Math.min(n, right + 1), n), new Rate(Math.min(n, right + 1), n)),
                List.of(new Rate(right, samples.size())),
                List.of(),
                new Rate(right, samples.size()),
                edits == 0 ? Optional.empty() : Optional.of(new Rate(worked, edits)),
                estimators,
                editors,
                picture(random),
                samples);
    }

    private static SampleOutcome known(SampleOutcome s) {
        return new SampleOutcome(
                s.subject(), s.object(), true, " " + first(s.object()), s.operator(), s.faithful(), s.edit());
    }

    private static String first(String object) {
        return object.split(" ", -1)[0];
    }

    private static OperatorPicture picture(Random random) {
        List<Double> values = new ArrayList<>();
        for (int i = 1; i <= 768; i++) {
            values.add(38
                    / Math.pow(i, 0.9)
                    * (1 + 0.02 * random.nextDouble())
                    * (i > 700 ? Math.exp((700 - i) / 10.0) : 1));
        }
        List<Direction> directions = new ArrayList<>();
        List<List<String>> words = List.of(
                List.of(" France", " Italy", " Spain", " Germany", " Japan", " Greece", " Egypt", " Peru"),
                List.of(" Paris", " Rome", " Madrid", " Berlin", " Tokyo", " Athens", " Cairo", " Lima"),
                List.of(" the", ",", "\n", " of", " \"", "<|endoftext|>", " and", "."),
                List.of(" government", " capital", " city", " Republic", " northern", "ville", "burg", " province"));
        for (int i = 0; i < 8; i++) {
            directions.add(new Direction(values.get(i), tokens(words.get(i % 4)), tokens(words.get((i + 1) % 4))));
        }
        return new OperatorPicture("5 → 11", 61.234567, 107.25 + random.nextDouble(), 214.9, values, directions);
    }

    private static List<TokenScore> tokens(List<String> words) {
        return IntStream.range(0, words.size())
                .mapToObj(i -> new TokenScore(words.get(i), 3.2 - 0.2 * i))
                .toList();
    }

    private static Map<String, Spread> summary(List<RelationTrial> trials) {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        for (RelationTrial trial : trials) {
            put(values, RelationResult.FAITHFULNESS, trial.faithfulness());
            trial.causality().ifPresent(rate -> put(values, RelationResult.CAUSALITY, rate));
            put(values, RelationResult.KNOWN, new Rate(trial.known(), trial.known() + trial.unknown()));
            put(values, RelationResult.AGREEMENT, trial.agreement());
            trial.estimators().forEach((name, rate) -> put(values, RelationResult.ESTIMATOR + name, rate));
            trial.editors().forEach((name, rate) -> put(values, RelationResult.EDITOR + name, rate));
        }
        Map<String, Spread> summary = new LinkedHashMap<>();
        values.forEach((name, list) -> summary.put(name, Spread.of(list)));
        return summary;
    }

    private static void put(Map<String, List<Double>> values, String name, Rate rate) {
        values.computeIfAbsent(name, none -> new ArrayList<>()).add(rate.value());
    }

    private static List<Curve> curves(int trials, double faithful, double causal, Random random, boolean tests) {
        List<Curve> curves = new ArrayList<>();
        for (Curve.Subjects subjects : Curve.Subjects.values()) {
            if (subjects == Curve.Subjects.TEST && !tests) {
                continue;
            }
            List<String> betas = BETAS.stream().map(String::valueOf).toList();
            List<String> ranks = RANKS.stream().map(String::valueOf).toList();
            curves.add(curve(Curve.Axis.LAYER, "recall", subjects, "", LAYERS, 7, faithful, trials, random));
            curves.add(curve(Curve.Axis.BETA, "recall", subjects, "5", betas, 4, faithful, trials, random));
            if (!Double.isNaN(causal)) {
                curves.add(curve(Curve.Axis.LAYER, "efficacy", subjects, "", LAYERS, 5, causal, trials, random));
                curves.add(curve(Curve.Axis.RANK, "efficacy", subjects, "3", ranks, 5, causal, trials, random));
            }
        }
        return curves;
    }

    private static Curve curve(
            Curve.Axis axis,
            String measure,
            Curve.Subjects subjects,
            String layer,
            List<String> places,
            int peak,
            double height,
            int trials,
            Random random) {
        List<Curve.Point> points = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            List<Double> values = new ArrayList<>();
            for (int trial = 0; trial < trials; trial++) {
                double mean = height * Math.exp(-Math.pow((i - peak) / 4.0, 2));
                values.add(Math.max(0, Math.min(1, mean + 0.08 * random.nextGaussian())));
            }
            points.add(new Curve.Point(places.get(i), Spread.of(values)));
        }
        return new Curve(axis, measure, subjects, layer, points);
    }

    /** Subjects and objects. */
    private static final class Countries {
        private static final List<String> PAIRS = List.of(
                "France:Paris",
                "Italy:Rome",
                "Spain:Madrid",
                "Germany:Berlin",
                "Japan:Tokyo",
                "Greece:Athens",
                "Egypt:Cairo",
                "Peru:Lima",
                "Russia:Moscow",
                "China:Beijing",
                "Thailand:Bangkok",
                "Argentina:Buenos Aires",
                "Mexico:Mexico City",
                "Nigeria:Abuja",
                "Canada:Ottawa",
                "South Korea:Seoul",
                "Saudi Arabia:Riyadh",
                "Chile:Santiago",
                "Venezuela:Caracas",
                "Turkey:Ankara",
                "Pakistan:Islamabad");
        private static final List<String> WORDS = List.of(
                "hot:cold",
                "big:small",
                "fast:slow",
                "up:down",
                "rich:poor",
                "light:dark",
                "wet:dry",
                "old:young",
                "hard:soft",
                "near:far",
                "early:late",
                "full:empty");
        private static final List<String> UNICODE = List.of(
                "日本:東京",
                "中国:北京",
                "Россия:Москва",
                "Ελλάδα:Αθήνα",
                "ประเทศไทย:กรุงเทพ",
                "مصر:القاهرة",
                "대한민국:서울",
                "Îles Féroé:Tórshavn",
                "<script>:&amp;",
                "😀:🎉",
                "Україна:Київ",
                "ישראל:ירושלים");
        private static final List<String> LONG = List.of(
                "The Incredibly Long Named Orchestra of the Northern Suburbs:Maximilian Featherstonehaugh-Cholmondeley",
                "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch:Donaudampfschifffahrtselektrizitaetenhauptbetriebswerk",
                "A:B",
                "Queen:Freddie Mercury",
                "Nirvana:Kurt Cobain",
                "U2:Bono",
                "The Doors:Jim Morrison",
                "Joy Division:Ian Curtis",
                "The Police:Sting",
                "The Smiths:Morrissey");

        private Countries() {}
    }
}
