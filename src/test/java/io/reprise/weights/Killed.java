package io.reprise.weights;

import java.nio.file.Path;

/** Stands for kill -9 at the n-th moment before or after a step on disk: an Error, so that nothing cleans up after it. */
public final class Killed extends Error {
    private static final long serialVersionUID = 1;

    private Killed(String message) {
        super(message);
    }

    /** Lets {@code moments} moments pass, then kills. */
    public static WriteObserver after(int moments) {
        return new WriteObserver() {
            private int left = moments;

            @Override
            public void before(Action action, Path file) {
                moment("before " + action + " of " + file.getFileName());
            }

            @Override
            public void after(Action action, Path file) {
                moment("after " + action + " of " + file.getFileName());
            }

            private void moment(String what) {
                if (left-- == 0) {
                    throw new Killed(what);
                }
            }
        };
    }
}
