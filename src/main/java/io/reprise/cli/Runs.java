package io.reprise.cli;

import io.reprise.config.Plan;
import io.reprise.experiment.Parentage;
import io.reprise.experiment.RunEvents;
import io.reprise.experiment.RunOptions;
import io.reprise.experiment.RunOutcome;
import io.reprise.experiment.Suite;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Does one run, or several side by side, and tells about them. */
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

    /** Something that reports a run's events. */
    interface Work {
        RunOutcome with(RunEvents events) throws IOException;
    }

    /** Does the runs of a plan. @return the exit code */
    int all(Plan plan, RunOptions options) throws IOException, InterruptedException {
        if (plan.runs().size() == 1) {
            return watched(events -> services.run(plan.runs().get(0).config(), options, Parentage.NONE, events));
        }
        var done = sideBySide(plan, options);
        var finished = new ArrayList<Suite.Member>();
        int code = 0;
        for (int i = 0; i < done.size(); i++) {
            var run = plan.runs().get(i);
            var failure = done.get(i).failure();
            if (failure == null) {
                finished.add(new Suite.Member(run, done.get(i).value()));
            } else {
                screen.warn(run.label() + " did not finish:");
                int its = failures.tell(failure);
                code = code == Failures.OURS ? code : its;
            }
        }
        if (code == 0 && !options.trainOnly()) {
            tell(services.summarize(plan, finished, options, notes()));
        }
        return code;
    }

    /** Does one thing and shows how it gets on. @return the exit code */
    int watched(Work work) throws IOException {
        if (output.silent()) {
            tell(work.with(new Silence(screen, "")), "");
            return 0;
        }
        var console = new Console(screen, System::nanoTime);
        try {
            tell(work.with(console), "");
            return 0;
        } finally {
            console.endBar();
        }
    }

    private List<SideBySide.Done<RunOutcome>> sideBySide(Plan plan, RunOptions options) throws InterruptedException {
        int runs = plan.runs().size();
        int share = SideBySide.share(runs, options.threads());
        var count = new AtomicInteger();
        if (output.silent() || !screen.terminal().interactive()) {
            return sideBySide(plan, options.withThreads(share), options.threads(), count, n -> {});
        }
        try (var bar = new Bar(screen, "runs", runs, () -> count + " of " + runs + " runs")) {
            return sideBySide(plan, options.withThreads(share), options.threads(), count, bar::at);
        }
    }

    private List<SideBySide.Done<RunOutcome>> sideBySide(
            Plan plan, RunOptions each, int threads, AtomicInteger count, IntConsumer progress)
            throws InterruptedException {
        var execution = UUID.randomUUID().toString().replace("-", "");
        return SideBySide.all(plan.runs().size(), threads, i -> () -> {
            var run = plan.runs().get(i);
            var parentage = new Parentage(execution, plan.experiment().name(), run.arm());
            try {
                var outcome = services.run(run.config(), each, parentage, new Silence(screen, run.label() + ": "));
                tell(outcome, run.label());
                return outcome;
            } finally {
                progress.accept(count.incrementAndGet());
            }
        });
    }

    private Services.SuiteNotes notes() {
        return new Services.SuiteNotes() {
            @Override
            public void progress(String what) {
                if (!output.silent()) {
                    screen.progress("note", what);
                }
            }

            @Override
            public void warn(String problem) {
                screen.warn(problem);
            }
        };
    }

    private void tell(RunOutcome outcome, String label) {
        if (output.json) {
            Map<String, Object> object = new LinkedHashMap<>();
            if (!label.isEmpty()) {
                object.put("run", label);
            }
            object.put("directory", outcome.directory().toString());
            object.put("already_finished", outcome.already());
            object.put("result", outcome.result());
            screen.result(JsonLines.of(object));
        } else if (label.isEmpty()) {
            screen.result(String.join("\n", Outcomes.lines(outcome)));
        } else {
            screen.result(label + "\n  " + String.join("\n  ", Outcomes.lines(outcome)));
        }
    }

    private void tell(Services.Summary summary) {
        if (output.json) {
            screen.result(JsonLines.of(Map.of(
                    "expectations",
                    summary.expectations(),
                    "page",
                    page(summary).orElse(""))));
            return;
        }
        summary.expectations().forEach(expectation -> screen.result(Outcomes.expectation(expectation)));
        page(summary).ifPresent(screen::result);
    }

    private static Optional<String> page(Services.Summary summary) {
        return summary.page().map(Object::toString);
    }
}
