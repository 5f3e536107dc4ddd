package io.reprise.cli;

import io.reprise.experiment.EvaluateRelations;
import java.util.Optional;

/** One bar over all relations, with the step at hand; plain lines where there is no terminal. */
final class RelationProgressBar implements EvaluateRelations.Events, AutoCloseable {
    private static final int STEPS = 1000;

    private final Screen screen;
    private final boolean silent;
    private Optional<Bar> bar = Optional.empty();
    private String details = "";
    private String last = "";

    RelationProgressBar(Screen screen, boolean silent) {
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
    public void at(int relation, int relations, String name, int done, int total, String step) {
        if (silent) {
            return;
        }
        if (!screen.terminal().interactive()) {
            if (!name.equals(last)) {
                screen.progress("study", name + " (" + (relation + 1) + " of " + relations + ")");
                last = name;
            }
            return;
        }
        if (bar.isEmpty()) {
            bar = Optional.of(new Bar(screen, "study", (long) relations * STEPS, () -> details));
        }
        double share = relation == relations ? 0 : (double) done / Math.max(1, total);
        long at = (long) ((relation + share) * STEPS);
        double seconds = bar.get().elapsed().toMillis() / 1e3;
        String left = at == 0 ? "" : "  eta " + Figures.duration(seconds * (relations * (double) STEPS - at) / at);
        details = Math.min(relation + 1, relations) + "/" + relations + "  " + step + left;
        bar.get().at(at);
    }

    @Override
    public void close() {
        bar.ifPresent(Bar::close);
    }
}
