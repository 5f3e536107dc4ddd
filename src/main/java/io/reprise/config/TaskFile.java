package io.reprise.config;

import io.reprise.data.BehaviourTask;
import java.nio.file.Path;

/** A task of the user's own that models are asked about, as a YAML file. */
public final class TaskFile {
    private TaskFile() {}

    /** @throws ConfigException with all problems */
    public static BehaviourTask read(Path file) {
        return ConfigTree.load(file, BehaviourTask.class).bind(BehaviourTask.class);
    }
}
