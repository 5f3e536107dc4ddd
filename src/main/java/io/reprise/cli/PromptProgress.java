package io.reprise.cli;

import io.reprise.experiment.PromptEvents;
import java.util.Optional;

/** Notes, and a bar once there is more than one prompt. */
final class PromptProgress implements PromptEvents, AutoCloseable {
    private final Screen screen;
    private final String label;
    private final boolean silent;
    private Optional<Bar> bar = Optional.empty();

    PromptProgress(Screen screen, String label, boolean silent) {
        this.screen = screen;
        this.label = label;
        this.silent = silent;
    }

    @Override
    public void note(String note) {
        if (!silent) {
            screen.progress("note", note);
        }
    }

    @Override
    public void at(int done, int prompts) {
        if (silent || prompts == 1 || !screen.terminal().interactive()) {
            return;
        }
        if (bar.isEmpty()) {
            bar = Optional.of(new Bar(screen, label, prompts, () -> Figures.count(prompts) + " prompts"));
        }
        bar.get().at(done);
    }

    @Override
    public void close() {
        bar.ifPresent(Bar::close);
    }
}
