package io.reprise.cli;

import io.reprise.run.DataSummary;
import io.reprise.train.Evaluation;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Tells a person at a terminal, or a log file, how one run gets on. */
final class Console extends Silence {
    /** A log file gets about this many lines about training. */
    private static final int PLAIN_LINES = 20;

    private static final Map<String, String> OVERLAP_WORDS = Map.of(
            "prefix_next", "(prefix → next)",
            "previous_next", "(previous → next)");

    private final Screen screen;
    private final LongSupplier nanoTime;

    private long steps;
    private long firstStep;
    private long startNanos;
    private long tokensSeen;
    private long nextPlain;
    private Optional<Bar> bar = Optional.empty();

    // read by the bar's own thread
    private volatile long step;
    private volatile double loss;
    private volatile double accuracy = Double.NaN;
    private volatile long tokens;

    Console(Screen screen, LongSupplier nanoTime) {
        super(screen, "");
        this.screen = screen;
        this.nanoTime = nanoTime;
    }

    @Override
    public void onStart(
            String name,
            String task,
            String model,
            long parameters,
            long seed,
            String backend,
            int threads,
            long mostSteps) {
        steps = mostSteps;
        var shape = parameters == 0 ? model : model + " (" + Figures.count(parameters) + " parameters)";
        // a backend that counts its threads says so itself
        var place = backend.contains("thread")
                ? backend
                : backend + ", " + threads + (threads == 1 ? " thread" : " threads");
        screen.line(String.join(" · ", screen.bold(name), task, shape, "seed " + seed, place));
    }

    @Override
    public void onData(DataSummary data) {
        var sizes = data.examples().entrySet().stream()
                .map(e -> e.getKey().replace("validation", "val") + " " + Figures.count(e.getValue()))
                .collect(Collectors.joining(" · "));
        var overlaps = data.overlaps().entrySet().stream()
                .map(e -> OVERLAP_WORDS.getOrDefault(e.getKey(), e.getKey()) + " " + share(e.getValue()))
                .collect(Collectors.joining(" · "));
        screen.progress("data", overlaps.isEmpty() ? sizes : sizes + "   shared with train: " + overlaps);
        data.notes().forEach(this::onNote);
    }

    private static String share(double share) {
        return share == 0 ? "0" : Figures.roughly(share);
    }

    @Override
    public void onNote(String note) {
        screen.progress("note", note);
    }

    @Override
    public void onResume(long from) {
        step = from;
        firstStep = from;
        nextPlain = from;
        screen.progress("resume", "from step " + Figures.count(from));
    }

    @Override
    public void onAnalysis(String analysis, String what) {
        endBar();
        if (screen.terminal().interactive()) {
            screen.bottom("%-7s%s".formatted(analysis, what));
        }
    }

    @Override
    public void onStep(long now, double stepLoss, double lr, long stepTokens) {
        if (startNanos == 0) {
            startNanos = nanoTime.getAsLong();
            if (screen.terminal().interactive()) {
                bar = Optional.of(new Bar(screen, "train", steps, this::details));
            }
        }
        step = now;
        loss = stepLoss;
        tokensSeen += stepTokens;
        tokens = tokensSeen;
        bar.ifPresent(b -> b.at(now));
    }

    @Override
    public void onEvaluation(long now, double trainLoss, double lr, Evaluation evaluation) {
        accuracy = evaluation.accuracy();
        if (!screen.terminal().interactive() && now >= nextPlain) {
            nextPlain = now + Math.max(1, steps / PLAIN_LINES);
            screen.progress("train", details());
        }
    }

    @Override
    public void onStop(long at, String reason) {
        endBar();
        screen.progress("stop", reason + " at step " + Figures.count(at));
    }

    /** Takes the bar away if the run ended some other way. */
    void endBar() {
        bar.ifPresent(Bar::close);
        bar = Optional.empty();
        screen.clearBottom();
    }

    private String details() {
        double seconds = (nanoTime.getAsLong() - startNanos) / 1e9;
        var text = new StringBuilder("step " + Figures.count(step) + "/" + Figures.count(steps));
        text.append("  loss ").append(Figures.loss(loss));
        if (!Double.isNaN(accuracy)) {
            text.append("  val acc ").append(Figures.percent(accuracy));
        }
        long done = step - firstStep;
        if (startNanos != 0 && seconds > 0 && done > 0) {
            text.append("  ").append(Figures.rate(tokens / seconds)).append(" tok/s");
            text.append("  eta ").append(Figures.duration(seconds / done * (steps - step)));
        }
        return text.toString();
    }
}
