package io.reprise.cli;

import java.time.Duration;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;

/** {@code train  ███████▌      78%  step 1,560/2,000  loss 0.0121}: drawn five times a second, however fast the steps are. */
final class Bar implements AutoCloseable {
    private static final int WIDTH = 30;
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";
    private static final int INTERVAL_MS = 200;

    private final ProgressBar bar;
    private final Screen screen;

    /**
     * @param label at its left
     * @param details at its right
     */
    Bar(Screen screen, String label, long max, Supplier<String> details) {
        this.screen = screen;
        bar = new ProgressBarBuilder()
                .setInitialMax(max)
                .setUpdateIntervalMillis(INTERVAL_MS)
                .setRenderer(new Renderer(screen, label, details))
                .setConsumer(new Consumer(screen))
                .build();
    }

    void at(long step) {
        bar.stepTo(step);
    }

    Duration elapsed() {
        return bar.getTotalElapsed();
    }

    @Override
    public void close() {
        bar.close();
        screen.clearBottom();
    }

    /** Blocks with eighths: 30 columns show 240 steps. */
    static String blocks(double share) {
        int eighths = (int) (Math.max(0, Math.min(1, share)) * WIDTH * 8);
        var full = "█".repeat(eighths / 8);
        var rest = eighths % 8 == 0 ? "" : EIGHTHS.substring(eighths % 8, eighths % 8 + 1);
        return full + rest + " ".repeat(WIDTH - full.length() - rest.length());
    }

    private record Renderer(Screen screen, String label, Supplier<String> details) implements ProgressBarRenderer {
        @Override
        public String render(ProgressState state, int maxLength) {
            double share = state.getMax() <= 0 ? 1 : (double) state.getCurrent() / state.getMax();
            return "%-7s".formatted(label) + blocks(share) + " " + "%3d%%".formatted((int) (share * 100)) + "  "
                    + details.get();
        }
    }

    private record Consumer(Screen screen) implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return screen.terminal().columns() - 1;
        }

        @Override
        public void accept(String rendered) {
            screen.bottom(rendered);
        }

        @Override
        public void close() {}
    }
}
