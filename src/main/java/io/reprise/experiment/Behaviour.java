package io.reprise.experiment;

import io.reprise.config.TaskFile;
import io.reprise.data.Asked;
import io.reprise.data.Asker;
import io.reprise.data.BehaviourTask;
import io.reprise.data.PromptTemplate;
import io.reprise.data.Question;
import io.reprise.data.Questions;
import io.reprise.data.SeriesCatalogue;
import io.reprise.data.TaskCatalogue;
import io.reprise.data.TemplateCatalogue;
import io.reprise.model.pretrained.ModelDirectory;
import io.reprise.run.BehaviourCell;
import io.reprise.run.BehaviourResult;
import io.reprise.tensor.Rng;
import io.reprise.text.MissingTokenizerException;
import io.reprise.text.Tokenizer;
import io.reprise.text.VocabularyTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How models answer sequence tasks: accuracy by task, number of members given and template, of the first token and of the whole
 * answer. All models get the same questions.
 */
public final class Behaviour {
    /** What a toy's prompts are, in place of a template. */
    static final String TOY = "tokens";

    private final BehaviourOptions options;
    private final SeriesCatalogue series;
    private final TemplateCatalogue templates;
    private final BehaviourEvents events;
    private final List<Row> rows;

    /** A task with so many members given. */
    private record Row(BehaviourTask task, int given, List<Question> questions) {}

    /** One cell's questions in a model's tokens. */
    private record Cell(Row row, String template, List<Asked> asked, int leftOut) {}

    /** @throws IllegalArgumentException if a task, series or template is unknown or cannot be asked */
    public Behaviour(BehaviourOptions options, BehaviourEvents events) throws IOException {
        this.options = options;
        this.events = events;
        this.series = new SeriesCatalogue(options.datasets(), Path.of(""));
        this.templates = new TemplateCatalogue(options.datasets());
        this.rows = rows();
        for (String template : options.templates()) {
            templates.find(template);
        }
    }

    /** Asks all models. */
    public BehaviourResult ask() throws IOException {
        List<BehaviourResult.Model> models = new ArrayList<>();
        List<BehaviourCell> cells = new ArrayList<>();
        List<String> names = names(options.models());
        if (names.size() > 1) { // a mistake in the last one is not worth an hour with the first
            for (Path path : options.models()) {
                try (ModelDirectory directory = ModelDirectory.open(OpenModel.directory(path))) {
                    directory.requireWhole();
                    requireTemplatesFit(path.toString(), tokenizer(directory.tokenizer(), path));
                }
            }
        }
        for (int i = 0; i < names.size(); i++) {
            Path path = options.models().get(i);
            try (OpenModel open =
                    OpenModel.open(path, options.backend(), options.threads(), options.stream(), events::onNote)) {
                Tokenizer tokenizer = tokenizer(open.tokenizer(), path);
                requireTemplatesFit(names.get(i), tokenizer);
                models.add(new BehaviourResult.Model(
                        names.get(i),
                        path.toString(),
                        open.directory().family(),
                        BuildModel.words(open.model().config()),
                        open.model().config().dVocab(),
                        tokenizer.description()));
                cells.addAll(ask(names.get(i), models.get(i), new TransformerTokens(open.model()), tokenizer));
            }
        }
        return new BehaviourResult(settings(), models, cells);
    }

    /** Asks one model. */
    List<BehaviourCell> ask(String name, BehaviourResult.Model words, NextTokens model, Tokenizer tokenizer)
            throws IOException {
        List<Cell> cells = new ArrayList<>();
        for (Row row : rows) {
            if (tokenizer instanceof VocabularyTokenizer toy) {
                cells.add(cell(row, TOY, Asker.toy(toy.vocabulary()), model.nCtx()));
            } else {
                for (PromptTemplate template : templates(row.task())) {
                    cells.add(cell(row, template.name(), Asker.text(tokenizer, template), model.nCtx()));
                }
            }
        }
        List<Asked> all = cells.stream().flatMap(cell -> cell.asked().stream()).toList();
        events.onModel(name, words.family() + " · " + words.shape(), all.size());
        AnswerQuestions answers = new AnswerQuestions(model, options.batch());
        List<AnswerQuestions.Result> results;
        try {
            results = answers.answer(all, events::onAnswered);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
        BehaviourCells counted = new BehaviourCells(name, model, tokenizer, answers);
        List<BehaviourCell> done = new ArrayList<>();
        int at = 0;
        for (Cell cell : cells) {
            int end = at + cell.asked().size();
            done.add(counted.cell(
                    cell.row().task().name(),
                    cell.row().given(),
                    cell.template(),
                    cell.asked(),
                    results.subList(at, end),
                    cell.leftOut()));
            at = end;
        }
        return done;
    }

    private static Tokenizer tokenizer(Optional<Tokenizer> found, Path path) throws MissingTokenizerException {
        if (found.isEmpty()) {
            throw new MissingTokenizerException(path, "tasks are asked as text, so copy it into the directory");
        }
        return found.get();
    }

    private void requireTemplatesFit(String model, Tokenizer tokenizer) {
        if (tokenizer instanceof VocabularyTokenizer && !options.templates().isEmpty()) {
            throw new IllegalArgumentException(
                    "--template " + options.templates().get(0)
                            + ": templates are text, and " + model
                            + " is a toy that is asked in its own tokens; leave --template out");
        }
    }

    private static Cell cell(Row row, String template, Asker asker, int nCtx) {
        List<Asked> asked = row.questions().stream()
                .flatMap(question -> asker.ask(question).stream())
                .filter(question -> question.tokens().length - 1 <= nCtx)
                .toList();
        return new Cell(row, template, asked, row.questions().size() - asked.size());
    }

    private List<Row> rows() {
        List<Row> all = new ArrayList<>();
        for (BehaviourTask task : tasks()) {
            Set<Integer> members = new LinkedHashSet<>();
            options.given().forEach(given -> members.add(task.members(given)));
            for (int given : members) {
                List<Question> questions = Questions.of(task, given, series, options.limit(), Rng.of(options.seed()));
                all.add(new Row(task, given, questions));
            }
            if (all.stream().filter(row -> row.task().equals(task)).allMatch(row -> row.questions()
                    .isEmpty())) {
                throw new IllegalArgumentException(
                        "task " + task.name() + " (" + task.words() + ") has no sequence with " + options.given()
                                + " members and an answer; give fewer, or widen its start");
            }
        }
        return all;
    }

    private List<BehaviourTask> tasks() {
        Map<String, BehaviourTask> tasks = new LinkedHashMap<>();
        for (String given : options.tasks()) {
            if (given.equals("all")) {
                TaskCatalogue.all().forEach(task -> tasks.put(task.name(), task));
            } else {
                boolean file = given.contains("/") || given.endsWith(".yaml") || given.endsWith(".yml");
                BehaviourTask task = file ? TaskFile.read(Path.of(given)) : TaskCatalogue.find(given);
                BehaviourTask earlier = tasks.put(task.name(), task);
                if (earlier != null && !earlier.equals(task)) {
                    throw new IllegalArgumentException(
                            "two tasks are called " + task.name() + "; give " + given + " another name");
                }
            }
        }
        return List.copyOf(tasks.values());
    }

    /** Those chosen that can ask the task, or the usual one. */
    private List<PromptTemplate> templates(BehaviourTask task) throws IOException {
        Question.Form form = Question.form(task.rule());
        List<PromptTemplate> chosen = new ArrayList<>();
        for (String name : options.templates()) {
            PromptTemplate template = templates.find(name);
            if (template.form() == form) {
                chosen.add(template);
            }
        }
        return chosen.isEmpty() ? List.of(templates.usual(form)) : chosen;
    }

    /** Last names of the paths; more of them where these are the same. */
    static List<String> names(List<Path> paths) {
        for (int length = 1; ; length++) {
            int most = length;
            List<String> names = paths.stream()
                    .map(path -> path.toAbsolutePath().normalize())
                    .map(path -> path.subpath(Math.max(0, path.getNameCount() - most), path.getNameCount())
                            .toString())
                    .toList();
            boolean whole = paths.stream()
                    .allMatch(path -> path.toAbsolutePath().normalize().getNameCount() <= most);
            if (whole && names.stream().distinct().count() < names.size()) {
                throw new IllegalArgumentException("--model names the same directory twice");
            }
            if (names.stream().distinct().count() == names.size()) {
                return names;
            }
        }
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(
                "tasks",
                rows.stream()
                        .map(row -> row.task().name() + " (" + row.task().words()
                                + row.task()
                                        .start()
                                        .map(start -> " from " + start)
                                        .orElse("") + ")")
                        .distinct()
                        .collect(Collectors.joining(", ")));
        settings.put("given", options.given().stream().map(String::valueOf).collect(Collectors.joining(", ")));
        settings.put("templates", options.templates().isEmpty() ? "usual" : String.join(", ", options.templates()));
        settings.put("limit", Integer.toString(options.limit()));
        settings.put("seed", Long.toString(options.seed()));
        settings.put("backend", options.backend().name().toLowerCase(Locale.ROOT));
        return settings;
    }

    /** Names of shipped tasks and templates, one a line with what they are. */
    public static List<String> catalogue(Path datasets) throws IOException {
        TemplateCatalogue shipped = new TemplateCatalogue(datasets);
        List<String> lines = new ArrayList<>();
        for (BehaviourTask task : TaskCatalogue.all()) {
            lines.add(String.format("task      %-24s %s", task.name(), task.words()));
        }
        for (String name : shipped.names()) {
            PromptTemplate template = shipped.find(name);
            lines.add(String.format("template  %-24s %s", name, template.example()));
        }
        return lines;
    }
}
