package io.reprise.experiment;

import io.reprise.analysis.overlap.groups.Group;
import io.reprise.backend.Backend;
import io.reprise.config.ExperimentConfig;
import io.reprise.data.Dataset;
import io.reprise.model.Parameters;
import io.reprise.model.Transformer;
import io.reprise.run.RunDirectory;
import io.reprise.run.RunIndex;
import io.reprise.run.RunLayout;
import io.reprise.run.RunState;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The models of finished runs, opened together on one backend. */
final class OpenRuns implements Closeable {
    private final Backend backend;
    private final Path datasets;
    private final Consumer<String> warn;
    private final List<Parameters> weights = new ArrayList<>();

    /**
     * @param backend stays the caller's
     * @param warn hears of checkpoints that are broken
     */
    OpenRuns(Backend backend, Path datasets, Consumer<String> warn) {
        this.backend = backend;
        this.warn = warn;
        this.datasets = datasets;
    }

    /**
     * Models that are the same but for their seeds.
     *
     * @param config of the first run
     * @param data of the first run
     */
    record Opened(Group group, ExperimentConfig config, Dataset data) {}

    /** The finished runs at or below a directory. @throws IllegalArgumentException if there are none, or of several configs */
    static List<Path> find(Path place) {
        List<RunIndex.Found> found = RunIndex.find(place).stream()
                .filter(run -> run.state() == RunState.FINISHED)
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException(place
                    + " has no finished run; give a run directory, or a directory with the runs of one config below");
        }
        List<String> configs =
                found.stream().map(RunIndex.Found::configHash).distinct().toList();
        if (configs.size() > 1) {
            throw new IllegalArgumentException(place + " has runs of " + configs.size() + " configs " + configs
                    + "; a group is one config with several seeds: give one of these directories");
        }
        return found.stream().map(run -> run.layout().root()).toList();
    }

    /** @param runs of one config */
    Opened open(String name, List<Path> runs) throws IOException {
        Map<String, Transformer> models = new LinkedHashMap<>();
        ExperimentConfig config = null;
        Dataset data = null;
        for (Path run : runs) {
            RunLayout layout = RunDirectory.openFinished(run);
            if (config == null) {
                config = ExperimentConfig.load(layout.config(), List.of());
                data = BuildData.build(config, datasets);
            }
            BuildModel built =
                    BuildModel.ofRun(ExperimentConfig.load(layout.config(), List.of()), data, layout, backend, warn);
            weights.add(built.parameters());
            models.put(String.valueOf(run.getFileName()), built.model());
        }
        if (config == null) {
            throw new IllegalArgumentException("group " + name + " has no run");
        }
        return new Opened(new Group(name, models), config, data);
    }

    @Override
    public void close() {
        weights.forEach(Parameters::close);
    }
}
