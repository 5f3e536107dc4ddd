package io.reprise.cli;

import io.reprise.experiment.FindCircuit;

/** Notes, a line per step, and on a terminal how far it is. */
final class CircuitProgress implements FindCircuit.Events, AutoCloseable {
    private static final long INTERVAL_NS = 200_000_000;

    private final Screen screen;
    private final boolean silent;
    private String phase = "";
    private long last;

    CircuitProgress(Screen screen, boolean silent) {
        this.screen = screen;
        this.silent = silent;
    }

    @Override
    public void note(String note) {
        if (!silent) {
            screen.progress("note", note);
        }
    }

    @Override
    public void at(String what, String how) {
        if (silent) {
            return;
        }
        long now = System.nanoTime();
        if (!what.equals(phase)) {
            phase = what;
            if (!screen.terminal().interactive()) {
                screen.progress(what, how);
            }
        } else if (now - last < INTERVAL_NS) {
            return;
        }
        last = now;
        screen.bottom("%-9s%s".formatted(what, how));
    }

    @Override
    public void close() {
        screen.clearBottom();
    }
}
