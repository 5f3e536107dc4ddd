package io.reprise.cli;

import io.reprise.config.ExperimentConfig;
import io.reprise.config.Setting;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** Does one run, or those of a sweep side by side, and tells about them. */
final class Runs {
    private final Services services;
    private final Screen screen;
    private final Output output;
    private final Failures failures;

    Runs(Services services, Screen screen, Output output, Failures failures) {
        this.services = services;
        this.screen = screen;
        this.output = output;
        this.failures = failures;
    }

    int one(ExperimentConfig config, RunOptions options) throws IOException {
        return watched(events -> services.run(config, options, events));
    }

    /** Something that reports a run's events. */
    interface Work {
        RunOutcome with(RunEvents events) throws IOException;
    }

    /** Does one thing and shows how it gets on. */
    int watched(Work work) throws IOException {
        if (output.silent()) {
            tell(work.with(new Silence(screen, "")), Optional.empty());
            return 0;
        }
        var console = new Console(screen, System::nanoTime);
        try {
            tell(work.with(console), Optional.empty());
            return 0;
        } finally {
            console.endBar();
        }
    }

    int many(List<ExperimentConfig> configs, List<List<Setting>> axes, RunOptions options) throws InterruptedException {
        refuseTwins(configs, axes);
        int share = SideBySide.share(configs.size(), options.threads());
        var finished = new AtomicInteger();
        try (var bar = bar(configs.size(), finished)) {
            var all = SideBySide.all(configs.size(), options.threads(), i -> () -> {
                var label = label(axes.get(i));
                try {
                    var events = new Silence(screen, label + ": ");
                    var outcome = services.run(configs.get(i), options.withThreads(share), events);
                    tell(outcome, Optional.of(label));
                    return outcome;
                } finally {
                    bar.at(finished.incrementAndGet());
                }
            });
            bar.close();
            int code = 0;
            for (int i = 0; i < all.size(); i++) {
                var failure = all.get(i).failure();
                if (failure != null) {
                    screen.warn(label(axes.get(i)) + " did not finish:");
                    int its = failures.tell(failure);
                    code = code == Failures.OURS ? code : its;
                }
            }
            return code;
        }
    }

    /** Where a sweep's progress is shown; closing it twice does nothing. */
    private interface Progress extends AutoCloseable {
        void at(int done);

        @Override
        void close();
    }

    private Progress bar(int runs, AtomicInteger finished) {
        if (output.silent() || !screen.terminal().interactive()) {
            return new Progress() {
                @Override
                public void at(int done) {}

                @Override
                public void close() {}
            };
        }
        var bar = new Bar(screen, "sweep", runs, () -> finished + " of " + runs + " runs");
        return new Progress() {
            private boolean open = true;

            @Override
            public void at(int done) {
                bar.at(done);
            }

            @Override
            public void close() {
                if (open) {
                    bar.close();
                }
                open = false;
            }
        };
    }

    private static void refuseTwins(List<ExperimentConfig> configs, List<List<Setting>> axes) {
        var seen = new HashSet<String>();
        for (int i = 0; i < configs.size(); i++) {
            var config = configs.get(i);
            if (!seen.add(config.name() + "/" + config.resolved().hash() + "/" + config.seed())) {
                throw new IllegalArgumentException("--sweep: " + label(axes.get(i))
                        + " gives the same run as another combination; sweep only what changes the run");
            }
        }
    }

    private static String label(List<Setting> settings) {
        return settings.stream().map(Setting::text).collect(Collectors.joining(" "));
    }

    private void tell(RunOutcome outcome, Optional<String> label) {
        if (output.json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("directory", outcome.directory().toString());
            object.put("already_finished", outcome.already());
            object.put("result", outcome.result());
            screen.result(JsonLines.of(object));
        } else {
            var lines = Outcomes.lines(outcome);
            screen.result(
                    label.map(l -> l + "\n  " + String.join("\n  ", lines)).orElse(String.join("\n", lines)));
        }
    }
}
