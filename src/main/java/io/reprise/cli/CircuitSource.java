package io.reprise.cli;

import io.reprise.data.IntRange;
import io.reprise.data.Split;
import io.reprise.data.pairs.CorruptRule;
import io.reprise.data.pairs.PairSpec;
import io.reprise.data.pairs.SequenceTemplates;
import io.reprise.experiment.CircuitPrompts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/** Which prompts a circuit is found and judged on: one of four sources, each with options of its own. */
final class CircuitSource {
    private static final String TASK = "--task";
    private static final String PAIRS = "--pairs";
    private static final String TEMPLATE = "--template";
    private static final String CONTRAST = "--contrast";
    private static final String[] VERBS = {"done", "lost", "born"};
    private static final String[] CONTRASTS = {"ioi", "greater_than"};
    private static final int CENTURY = 17;

    /** Options that only some sources have. */
    private static final Map<String, Set<String>> OF = Map.of(
            TASK, Set.of("--series", "--rule", "--given", "--split", "--corrupt"),
            PAIRS, Set.of("--eval-pairs"),
            TEMPLATE, Set.of("--series", "--words", "--filter"),
            CONTRAST, Set.of("--words", "--century"));

    @Option(names = TASK, description = "The task that the run MODEL was trained on.")
    private boolean task;

    @Option(
            names = PAIRS,
            paramLabel = "FILE",
            description =
                    "A file with a JSON object a line: {\"clean\": \"7 8 9\", \"corrupt\": \"5 7 9\", \"answer\": \"10\", \"wrong\":"
                            + " \"11\"}, texts or token ids, both prompts of equal length; \"roles\" names positions.")
    private Path pairs;

    @Option(
            names = TEMPLATE,
            paramLabel = "VERB",
            description =
                    "Published sequence continuation (\"Book done in 1. Tree done in 2. …\"): done, lost or born.")
    private String template;

    @Option(
            names = CONTRAST,
            paramLabel = "NAME",
            description = "A task that is none of sequences: ioi or greater_than.")
    private String contrast;

    @Option(
            names = "--series",
            paramLabel = "NAME",
            description = "Of --task: this series only. Of --template: numerals, number_words or months.")
    private String series;

    @Option(names = "--rule", paramLabel = "RULE", description = "Of --task: this rule only, such as \"add 2\".")
    private String rule;

    @Option(names = "--given", paramLabel = "N..M", description = "Of --task: how many members are shown.")
    private String given;

    @Option(
            names = "--split",
            paramLabel = "NAME",
            description = "Of --task: train, validation, test (if not given) or held_out.")
    private String split;

    @Option(
            names = "--corrupt",
            paramLabel = "HOW",
            description =
                    "Of --task: swap_rule, other_example, other_list or other_follower (if not given: what fits).")
    private String corrupt;

    @Option(
            names = "--eval-pairs",
            paramLabel = "FILE",
            description = "Of --pairs: other pairs to judge on (if not given, FILE is divided at random).")
    private Path evalPairs;

    @Option(
            names = "--words",
            paramLabel = "FILE",
            description = "Of --template and ioi: words or names to choose from, one a line.")
    private Path words;

    @Option(
            names = "--filter",
            description = "Of --template: only rounds where number words and months are right, as published.")
    private boolean filter;

    @Option(names = "--century", paramLabel = "NN", description = "Of greater_than: two digits (if not given: 17).")
    private Integer century;

    @Option(
            names = "--discovery",
            paramLabel = "N",
            description = "Prompts to find the circuit on (if not given: 64, of greater_than 40, of a file half).")
    private Integer discovery;

    @Option(names = "--evaluation", paramLabel = "N", description = "Other prompts to judge it on (the same).")
    private Integer evaluation;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of the choice of prompts, random circuits and orders (if not given: 0).")
    private Long seed;

    long seed() {
        return seed == null ? 0 : seed;
    }

    /** @throws IllegalArgumentException if there isn't exactly one source, or an option belongs to another */
    CircuitPrompts prompts() {
        String source = source();
        given().forEach(option -> {
            if (!OF.get(source).contains(option)) {
                List<String> owners = OF.entrySet().stream()
                        .filter(entry -> entry.getValue().contains(option))
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList();
                throw new IllegalArgumentException(option + " belongs to " + String.join(" and ", owners)
                        + ", and the prompts are of " + source + "; leave it out");
            }
        });
        return switch (source) {
            case TASK -> new CircuitPrompts.OfRun(ofRun());
            case PAIRS -> new CircuitPrompts.OfFile(pairs, Optional.ofNullable(evalPairs), size());
            case TEMPLATE ->
                new CircuitPrompts.OfTemplate(
                        Keys.parse(TEMPLATE, template, VERBS, verb -> verb),
                        members(),
                        Optional.ofNullable(words),
                        filter,
                        size());
            default -> contrast();
        };
    }

    private String source() {
        List<String> sources = new ArrayList<>();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(TASK, task ? TASK : null);
        all.put(PAIRS, pairs);
        all.put(TEMPLATE, template);
        all.put(CONTRAST, contrast);
        all.forEach((name, value) -> {
            if (value != null) {
                sources.add(name);
            }
        });
        if (sources.size() != 1) {
            throw new IllegalArgumentException(
                    (sources.isEmpty() ? "no prompts are given" : String.join(" and ", sources) + " are given")
                            + "; choose one of --task (a run's own), --pairs FILE, --template VERB and --contrast NAME");
        }
        return sources.get(0);
    }

    private List<String> given() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("--series", series);
        all.put("--rule", rule);
        all.put("--given", given);
        all.put("--split", split);
        all.put("--corrupt", corrupt);
        all.put("--eval-pairs", evalPairs);
        all.put("--words", words);
        all.put("--filter", filter ? "--filter" : null);
        all.put("--century", century);
        return all.entrySet().stream()
                .filter(entry -> entry.getValue() != null)
                .map(Map.Entry::getKey)
                .toList();
    }

    private PairSpec ofRun() {
        PairSpec usual = PairSpec.defaults();
        return new PairSpec(
                discovery == null ? usual.discovery() : discovery,
                evaluation == null ? usual.evaluation() : evaluation,
                Optional.ofNullable(given).map(IntRange::parse),
                Optional.ofNullable(series).map(name -> name.replace('-', '_')),
                Optional.ofNullable(rule),
                Optional.ofNullable(corrupt)
                        .map(how -> Keys.parse("--corrupt", how, CorruptRule.values(), CorruptRule::key)),
                Optional.ofNullable(split).map(name -> Keys.parse("--split", name, Split.values(), Split::key)),
                seed());
    }

    private SequenceTemplates.Members members() {
        if (series == null) {
            throw new IllegalArgumentException(
                    "--template " + template + " needs --series: numerals, number_words or months");
        }
        return Keys.parse("--series", series, SequenceTemplates.Members.values(), each -> each.name()
                .toLowerCase(Locale.ROOT));
    }

    private CircuitPrompts contrast() {
        if (Keys.parse(CONTRAST, contrast, CONTRASTS, name -> name).equals("ioi")) {
            if (century != null) {
                throw new IllegalArgumentException("--century belongs to --contrast greater_than; leave it out");
            }
            return new CircuitPrompts.OfIndirectObject(Optional.ofNullable(words), size());
        }
        if (words != null) {
            throw new IllegalArgumentException("--words belongs to --contrast ioi and --template; leave it out");
        }
        return new CircuitPrompts.OfGreaterThan(century == null ? CENTURY : century, size());
    }

    private CircuitPrompts.Size size() {
        return new CircuitPrompts.Size(Optional.ofNullable(discovery), Optional.ofNullable(evaluation), seed());
    }
}
