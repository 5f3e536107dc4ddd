package io.reprise.config;

import io.reprise.data.SplitSpec;
import io.reprise.data.TaskSpec;
import io.reprise.model.Decoder;
import io.reprise.model.ModelSpec;
import io.reprise.train.Schedule;
import io.reprise.train.TrainSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What each record alone can't see. Works on the parts that could be read, so that one reading reports everything. */
final class CrossChecks {
    private static final Pattern TRACKING = Pattern.compile("none|sqlite:///.+|https?://[^/].*");

    private CrossChecks() {}

    static List<String> problems(Binder.Parts parts) {
        var problems = new ArrayList<String>();
        var split = parts.get("split", SplitSpec.class);
        var model = parts.get("model", ModelSpec.class);
        var train = parts.get("train", TrainSpec.class);
        model.flatMap(CrossChecks::shape).ifPresent(problems::add);
        if (split.isPresent() && train.isPresent() && split.get().validation().value() == 0) {
            needsValidation(train.get())
                    .ifPresent(key ->
                            problems.add("train." + key + " judges by the validation set, and split.validation = "
                                    + split.get().validation() + "; give it some, or leave train." + key + " out"));
        }
        train.flatMap(CrossChecks::warmup).ifPresent(problems::add);
        if (model.isPresent() && model.get().nLayers() == 0) {
            parts.list("analyses", AnalysisChoice.class).stream()
                    .filter(AnalysisChoice::looksAtHeads)
                    .findFirst()
                    .ifPresent(choice -> problems.add("analyses: " + choice.key()
                            + " looks at heads, and model.n_layers = 0 has none; leave it out"));
        }
        problems.addAll(circuits(parts));
        parts.optional("pretrained", Path.class).ifPresent(directory -> {
            if (!model.equals(Optional.of(ModelSpec.defaults()))) {
                problems.add("model stands beside pretrained = " + directory + ", whose config.json says what it is;"
                        + " leave model out");
            }
            if (!train.equals(Optional.of(TrainSpec.defaults()))) {
                problems.add(
                        "train stands beside pretrained = " + directory + ", which is not trained; leave train out");
            }
        });
        if (parts.optional("pretrained", Path.class).isEmpty()) {
            model.ifPresent(spec -> lens(spec, parts).ifPresent(problems::add));
            model.ifPresent(spec -> split(spec.nLayers(), parts).ifPresent(problems::add));
        }
        parts.optional("tracking_uri", String.class)
                .filter(uri -> !TRACKING.matcher(uri).matches())
                .ifPresent(uri -> problems.add("tracking_uri: \"" + uri
                        + "\" is nothing we can publish to; write sqlite:///runs/mlflow.db, http(s)://server or none"));
        return problems;
    }

    /** Either a task is learnt, or circuits are compared; not both. */
    private static List<String> circuits(Binder.Parts parts) {
        List<Path> circuits = parts.list("circuits", Path.class);
        boolean noTask = parts.get("task", Object.class).equals(Optional.of(Optional.empty()));
        if (circuits.isEmpty()) {
            // what could not be read has its own problems
            return noTask && parts.get("circuits", Object.class).isPresent()
                    ? List.of("task: missing; expected a mapping of " + String.join(", ", Types.keys(TaskSpec.class)))
                    : List.of();
        }
        var problems = new ArrayList<String>();
        if (circuits.size() == 1) {
            problems.add("circuits = " + circuits + " is one file; give two or more to compare");
        }
        var foreign = new LinkedHashMap<String, Boolean>();
        foreign.put("task", !noTask);
        foreign.put("split", !parts.get("split", SplitSpec.class).equals(Optional.of(SplitSpec.defaults())));
        foreign.put("model", !parts.get("model", ModelSpec.class).equals(Optional.of(ModelSpec.defaults())));
        foreign.put("train", !parts.get("train", TrainSpec.class).equals(Optional.of(TrainSpec.defaults())));
        foreign.put("pretrained", parts.optional("pretrained", Path.class).isPresent());
        foreign.put("analyses", !parts.list("analyses", AnalysisChoice.class).isEmpty());
        foreign.put(
                "comparisons",
                !parts.list("comparisons", ComparisonChoice.class).isEmpty());
        foreign.forEach((key, there) -> {
            if (there) {
                problems.add(
                        key + " stands beside circuits, which are compared as their files say, without a model; leave "
                                + key + " out, or circuits");
            }
        });
        return problems;
    }

    /** A lens whose decoder this model has not; the model itself is checked elsewhere. */
    private static Optional<String> lens(ModelSpec model, Binder.Parts parts) {
        for (var choice : parts.list("analyses", AnalysisChoice.class)) {
            if (choice instanceof AnalysisChoice.Lens lens && shape(model).isEmpty()) {
                try {
                    Decoder.parse(lens.decoder(), model.config(1, 1));
                } catch (IllegalArgumentException e) {
                    return Optional.of("analyses: lens: " + e.getMessage());
                }
            }
        }
        return Optional.empty();
    }

    /** A split at a block that this model has not. */
    private static Optional<String> split(int nLayers, Binder.Parts parts) {
        for (var choice : parts.list("analyses", AnalysisChoice.class)) {
            if (choice instanceof AnalysisChoice.Split split) {
                if (nLayers < 2) {
                    return Optional.of("analyses: split: model.n_layers = " + nLayers
                            + " leaves nothing to split; give the model 2 or more blocks");
                }
                if (split.layers().stream().anyMatch(layer -> layer >= nLayers)) {
                    return Optional.of("analyses: split: layers = " + split.layers()
                            + "; this model can be split at 1.." + (nLayers - 1));
                }
            }
        }
        return Optional.empty();
    }

    /** The vocabulary and the context come from the task and always fit; what else is wrong with the shape shows here. */
    private static Optional<String> shape(ModelSpec model) {
        if (model.nLayers() < 0) {
            return Optional.of("model.n_layers = " + model.nLayers() + "; expected 0 or more");
        }
        try {
            model.config(1, 1);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("model." + e.getMessage());
        }
    }

    private static Optional<String> needsValidation(TrainSpec train) {
        if (train.stopWhen().isPresent()) {
            return Optional.of("stop_when");
        }
        if (train.patience().isPresent()) {
            return Optional.of("patience");
        }
        return train.schedule() instanceof Schedule.Plateau ? Optional.of("schedule.plateau") : Optional.empty();
    }

    private static Optional<String> warmup(TrainSpec train) {
        return train.schedule() instanceof Schedule.WarmupCosine cosine
                        && cosine.warmup() > 0
                        && cosine.warmup() >= train.steps()
                ? Optional.of("train.schedule.warmup_cosine.warmup = " + cosine.warmup()
                        + " is not below train.steps = " + train.steps() + "; the rate would never be reached")
                : Optional.empty();
    }
}
