package io.reprise.weights;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Told before and after every step that puts a file on disk. Production uses {@link #NONE}; a kill test throws (or halts the
 * JVM) at the step of its choice and then checks what a later start finds.
 */
public interface WriteObserver {
    /** Steps in the order in which a file is replaced; appending to a log uses WRITE and SYNC only. */
    enum Action {
        WRITE,
        SYNC,
        RENAME,
        SYNC_DIRECTORY
    }

    /** Observes nothing. */
    WriteObserver NONE = new WriteObserver() {
        @Override
        public void before(Action action, Path file) {}

        @Override
        public void after(Action action, Path file) {}
    };

    void before(Action action, Path file) throws IOException;

    void after(Action action, Path file) throws IOException;
}
