package io.reprise.experiment;

import io.reprise.analysis.circuit.Circuit;
import io.reprise.analysis.circuit.search.CircuitSearch;
import io.reprise.analysis.circuit.search.SearchSpec;
import io.reprise.data.Dataset;
import io.reprise.data.PairSet;
import io.reprise.data.pairs.PairSpec;
import io.reprise.data.pairs.TaskPairs;
import io.reprise.data.pairs.ToyPairs;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Circuits of a run's own tasks, for analyses that change them. */
final class TaskCircuits {
    private TaskCircuits() {}

    /** A task with its circuit, which was found on the discovery prompts. */
    record Task(String name, TaskPairs prompts, Circuit circuit) {
        PairSet evaluation() {
            return prompts.evaluation();
        }
    }

    /** @throws IllegalArgumentException if the target is none of the tasks, or there is no other */
    static void requireTarget(String analysis, Map<String, PairSpec> tasks, String target) {
        if (tasks.size() < 2 || !tasks.containsKey(target)) {
            throw new IllegalArgumentException("analyses: " + analysis + ": target = \"" + target
                    + "\" and tasks = " + tasks.keySet()
                    + "; expected two tasks or more, and one of them as the target");
        }
    }

    /** @throws IllegalArgumentException if the model does a task not, or as a lookup would */
    static List<Task> find(
            Transformer model,
            String name,
            Dataset data,
            Map<String, PairSpec> tasks,
            SearchSpec search,
            Consumer<String> progress) {
        CircuitSearch.Subject subject = new CircuitSearch.Subject(model, name, Optional.empty(), List.of());
        List<Task> found = new ArrayList<>();
        tasks.forEach((task, spec) -> {
            progress.accept("circuit of " + task);
            TaskPairs prompts = ToyPairs.of(data, spec);
            CircuitTask.screen(model, prompts.discovery(), Optional.of(data), false)
                    .orThrow();
            found.add(new Task(task, prompts, new CircuitSearch(search).find(subject, task, prompts.discovery())));
        });
        return found;
    }

    /** The one of this name. */
    static Task named(List<Task> tasks, String name) {
        return tasks.stream()
                .filter(task -> task.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
