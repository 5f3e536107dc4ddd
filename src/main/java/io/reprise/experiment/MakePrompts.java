package io.reprise.experiment;

import io.reprise.analysis.circuit.Readout;
import io.reprise.data.Dataset;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.data.Series;
import io.reprise.data.SeriesCatalogue;
import io.reprise.data.pairs.ContrastTasks;
import io.reprise.data.pairs.Filter;
import io.reprise.data.pairs.PairFile;
import io.reprise.data.pairs.SequenceTemplates;
import io.reprise.data.pairs.TaskPairs;
import io.reprise.data.pairs.ToyPairs;
import io.reprise.model.Transformer;
import io.reprise.tensor.Rng;
import io.reprise.text.MissingTokenizerException;
import io.reprise.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prompts to find a circuit on, and others to judge it on, from any {@link CircuitPrompts}. */
final class MakePrompts {
    private static final int USUAL = 64;
    /** There are 91 greater-than prompts in a century. */
    private static final int USUAL_YEARS = 40;
    /** Rounds in a row that a filter throws away. */
    private static final int PATIENCE = 100;

    private final Path directory;
    private final Transformer model;
    private final Optional<Tokenizer> tokenizer;
    private final Optional<Dataset> data;
    private final Path datasets;

    /**
     * @param directory of the model, for messages
     * @param data of the task that the model was trained on, if it is a run's
     * @param datasets where words and names are
     */
    MakePrompts(
            Path directory, Transformer model, Optional<Tokenizer> tokenizer, Optional<Dataset> data, Path datasets) {
        this.directory = directory;
        this.model = model;
        this.tokenizer = tokenizer;
        this.data = data;
        this.datasets = datasets;
    }

    /** @throws IllegalArgumentException if there are fewer than asked for, both sets share some, or the model can't read them */
    TaskPairs of(CircuitPrompts asked) throws IOException {
        TaskPairs prompts = make(asked);
        requireFit(prompts.discovery());
        requireFit(prompts.evaluation());
        return prompts;
    }

    private TaskPairs make(CircuitPrompts asked) throws IOException {
        if (asked instanceof CircuitPrompts.OfRun run) {
            Dataset known = data.orElseThrow(() -> new IllegalArgumentException(directory
                    + " is no run with a task of its own; give a run directory like runs/quickstart/5f3a91c2/seed-42,"
                    + " or other prompts: --pairs, --template or --contrast"));
            return ToyPairs.of(known, run.spec());
        } else if (asked instanceof CircuitPrompts.OfFile given) {
            return given.evaluation().isPresent()
                    ? files(given, given.evaluation().get())
                    : file(given);
        } else if (asked instanceof CircuitPrompts.OfTemplate template) {
            return template(template);
        } else if (asked instanceof CircuitPrompts.OfIndirectObject contrast) {
            int[] counts = counts(contrast.size(), USUAL);
            PairSet all = new ContrastTasks(text())
                    .indirectObject(
                            counts[0] + counts[1],
                            words(contrast.names(), "names.json"),
                            contrast.size().seed());
            return divided(all, counts, "names in sentences of one length; corrupt: three other names");
        } else {
            CircuitPrompts.OfGreaterThan contrast = (CircuitPrompts.OfGreaterThan) asked;
            int[] counts = counts(contrast.size(), USUAL_YEARS);
            PairSet all = new ContrastTasks(text())
                    .greaterThan(
                            counts[0] + counts[1],
                            contrast.century(),
                            contrast.size().seed());
            return divided(all, counts, "years of one century; corrupt: the year 01");
        }
    }

    private static int[] counts(CircuitPrompts.Size size, int usual) {
        return new int[] {size.discovery().orElse(usual), size.evaluation().orElse(usual)};
    }

    private Tokenizer text() throws IOException {
        return tokenizer.orElseThrow(() -> new MissingTokenizerException(
                directory, "give --pairs FILE with token ids: {\"clean\": [464, 3290], …}"));
    }

    /** Half of it each, if it isn't said how many. Pairs of one clean prompt stay on one side. */
    private TaskPairs file(CircuitPrompts.OfFile given) throws IOException {
        PairSet all = new PairFile(tokenizer.orElseGet(Ids::new)).read(given.file());
        CircuitPrompts.Size size = given.size();
        List<PromptPair> pairs = all.pairs();
        List<List<Integer>> prompts =
                pairs.stream().map(PromptPair::clean).distinct().toList();
        if (prompts.size() < 2) {
            throw new IllegalArgumentException(
                    given.file() + " has 1 clean prompt; a circuit is found on some and judged"
                            + " on others: write 2 or more, better 100");
        }
        Map<List<Integer>, Integer> places = new HashMap<>();
        int[] order = Rng.of(size.seed()).split("pairs").permutation(prompts.size());
        for (int place = 0; place < order.length; place++) {
            places.put(prompts.get(order[place]), place);
        }
        List<Integer> shuffled = IntStream.range(0, pairs.size())
                .boxed()
                .sorted(Comparator.comparing(i -> places.get(pairs.get(i).clean())))
                .toList();
        int wanted = size.discovery().orElseGet(() -> size.evaluation()
                .map(others -> Math.max(1, pairs.size() - others))
                .orElse(pairs.size() / 2));
        List<Integer> discovery = shuffled.subList(0, Math.min(wanted, shuffled.size()));
        Set<List<Integer>> known =
                discovery.stream().map(i -> pairs.get(i).clean()).collect(Collectors.toSet());
        List<Integer> others = shuffled.stream()
                .filter(i -> !known.contains(pairs.get(i).clean()))
                .toList();
        int evaluation = size.evaluation().orElse(Math.max(1, others.size()));
        if (discovery.size() < wanted || others.size() < evaluation) {
            throw fewer(
                    wanted,
                    evaluation,
                    given.file() + " has " + pairs.size() + " with " + prompts.size() + " different clean prompts");
        }
        return new TaskPairs(
                named(all.select(discovery), "discovery"),
                named(all.select(others.subList(0, evaluation)), "evaluation"),
                all.name() + ": " + (wanted + evaluation) + " of its " + pairs.size() + " prompts, divided at random");
    }

    private TaskPairs files(CircuitPrompts.OfFile given, Path second) throws IOException {
        PairFile reader = new PairFile(tokenizer.orElseGet(Ids::new));
        PairSet discovery = reader.read(given.file());
        PairSet evaluation = reader.read(second);
        int some = given.size().discovery().orElse(discovery.size());
        int others = given.size().evaluation().orElse(evaluation.size());
        if (some > discovery.size() || others > evaluation.size()) {
            throw fewer(
                    some,
                    others,
                    given.file() + " has " + discovery.size() + " and " + second + " has " + evaluation.size());
        }
        return new TaskPairs(
                first(discovery, some),
                first(evaluation, others),
                discovery.name() + ", judged on " + evaluation.name());
    }

    private static PairSet first(PairSet all, int count) {
        return all.select(IntStream.range(0, count).boxed().toList());
    }

    private static IllegalArgumentException fewer(int discovery, int evaluation, String there) {
        return new IllegalArgumentException("discovery = " + discovery + " and evaluation = " + evaluation + " ask for "
                + (discovery + evaluation) + " prompts, and " + there + "; ask for fewer or write more");
    }

    private TaskPairs template(CircuitPrompts.OfTemplate asked) throws IOException {
        int[] counts = counts(asked.size(), USUAL);
        int starts = 8;
        int rounds = (counts[0] + counts[1] + starts - 1) / starts;
        PairSet all = new SequenceTemplates(text(), asked.verb(), words(asked.words(), "words.json"))
                .pairs(rounds, asked.size().seed(), asked.filtered() ? filter() : Filter.NONE)
                .get(asked.members());
        return divided(
                all,
                counts,
                "the published template" + (asked.filtered() ? ", rounds that the model does right" : "")
                        + "; corrupt: random members");
    }

    private TaskPairs divided(PairSet all, int[] counts, String words) {
        PairSet discovery = first(all, counts[0]);
        PairSet evaluation = all.select(
                IntStream.range(counts[0], counts[0] + counts[1]).boxed().toList());
        return new TaskPairs(
                named(discovery, "discovery"),
                named(evaluation, "evaluation"),
                all.name() + ": " + (counts[0] + counts[1]) + " prompts; " + words);
    }

    private static PairSet named(PairSet set, String part) {
        return new PairSet(set.name() + " " + part, set.groups());
    }

    /** Words that are one token each. */
    private List<String> words(Optional<Path> file, String usual) throws IOException {
        Path path = file.orElse(datasets.resolve("prompts").resolve(usual));
        Series series = new SeriesCatalogue(datasets, Path.of(""))
                .find(path.toAbsolutePath().toString());
        List<String> all = series.positions().stream().mapToObj(series::text).toList();
        List<String> single = SequenceTemplates.single(text(), all);
        if (single.size() < 5) {
            throw new IllegalArgumentException("of the " + all.size() + " words of " + path + ", " + single.size() + " "
                    + single + " are one token of this model's tokenizer; expected 5 or more. Give --words FILE with"
                    + " others");
        }
        return single;
    }

    /** Gives up on a model that does nothing long before {@link SequenceTemplates} would. */
    private Filter filter() {
        int[] misses = {0};
        return prompts -> {
            List<Filter.Seen> seen = seen(prompts);
            misses[0] = seen.stream().allMatch(Filter.Seen::keeps) ? 0 : misses[0] + 1;
            if (misses[0] == PATIENCE) {
                throw new IllegalArgumentException("the model did none of " + PATIENCE
                        + " rounds of number words and months in a row: of the last one's " + prompts.size()
                        + " prompts it did "
                        + seen.stream().filter(Filter.Seen::keeps).count()
                        + " (the answer first, and twice as likely as the wrong one). Leave --filter out");
            }
            return seen;
        };
    }

    private List<Filter.Seen> seen(List<PromptPair> prompts) {
        List<String> roles = IntStream.range(0, prompts.get(0).clean().size())
                .mapToObj(i -> "p" + i)
                .toList();
        List<PairSet.Group> groups = List.of(new PairSet.Group(roles, prompts));
        List<double[]> logits = CircuitTask.logits(model, new PairSet("filter", groups));
        return IntStream.range(0, prompts.size())
                .mapToObj(i -> seen(prompts.get(i), logits.get(i)))
                .toList();
    }

    private static Filter.Seen seen(PromptPair pair, double[] logits) {
        int top = Readout.largest(logits);
        double sum = Arrays.stream(logits)
                .map(logit -> Math.exp(logit - logits[top]))
                .sum();
        return new Filter.Seen(
                top == pair.answer(),
                Math.exp(logits[pair.answer()] - logits[top]) / sum,
                Math.exp(logits[pair.wrong()] - logits[top]) / sum);
    }

    private void requireFit(PairSet prompts) {
        int room = model.config().nCtx();
        int tokens = model.config().dVocab();
        List<String> problems = new ArrayList<>();
        for (PairSet.Group group : prompts.groups()) {
            if (group.length() > room) {
                problems.add("prompts of " + group.length() + " tokens, and the model sees at most n_ctx = " + room);
            }
            for (PromptPair pair : group.pairs()) {
                int largest = IntStream.concat(
                                IntStream.of(pair.answer(), pair.wrong()),
                                IntStream.concat(
                                        pair.clean().stream().mapToInt(id -> id),
                                        pair.corrupt().stream().mapToInt(id -> id)))
                        .max()
                        .orElseThrow();
                if (largest >= tokens) {
                    problems.add(String.format(
                            Locale.ROOT, "token %d, and the model has tokens 0..%d", largest, tokens - 1));
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    prompts.name() + " has " + problems.get(0) + "; give prompts for this model");
        }
    }

    /** Token ids alone. */
    private final class Ids implements Tokenizer {
        @Override
        public int[] encode(String text) {
            throw new IllegalArgumentException("\"" + text + "\" is text, and " + directory
                    + " has no tokenizer (it would be read from tokenizer.json); give token ids: [464, 3290]");
        }

        @Override
        public String decode(int... ids) {
            return Arrays.toString(ids);
        }

        @Override
        public String token(int id) {
            return "#" + id;
        }

        @Override
        public int size() {
            return model.config().dVocab();
        }

        @Override
        public String description() {
            return "token ids";
        }
    }
}
