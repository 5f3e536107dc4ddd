package io.reprise.cli;

import java.util.Optional;

/** A bar per Jacobian, with rate and time left; nothing where there is no terminal. */
final class JacobianBar implements AutoCloseable {
    private final Screen screen;
    private final boolean silent;
    private Optional<Bar> bar = Optional.empty();
    private String name = "";
    private long done;
    private long total;

    JacobianBar(Screen screen, boolean silent) {
        this.screen = screen;
        this.silent = silent;
    }

    /** @param vectors that have passed a block, out of {@code all} */
    void at(String what, long vectors, long all) {
        if (silent || !screen.terminal().interactive()) {
            return;
        }
        if (!what.equals(name) || bar.isEmpty()) {
            close();
            name = what;
            bar = Optional.of(new Bar(screen, what, all, this::details));
        }
        done = vectors;
        total = all;
        bar.get().at(vectors);
    }

    private String details() {
        double seconds = bar.map(b -> b.elapsed().toMillis() / 1e3).orElse(0.0);
        if (seconds == 0 || done == 0) {
            return "";
        }
        double rate = done / seconds;
        return Figures.rate(rate) + " vectors·blocks/s  eta " + Figures.duration((total - done) / rate);
    }

    @Override
    public void close() {
        bar.ifPresent(Bar::close);
        bar = Optional.empty();
    }
}
