package io.reprise.cli;

import io.reprise.experiment.SplitModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise split}. */
@Command(
        name = "split",
        header = "Write the upper part of a model as a model directory of its own.",
        description = {
            "The part has blocks L to the last, the final norm and the unembedding: the stored numbers as they are, in as many"
                    + " files as they come from, always safetensors. Blocks keep their numbers, and the config says where the"
                    + " part comes from.",
            "It starts from blocks.L.hook_resid_pre of the whole, which reprise relation boundary writes for a set of prompts,"
                    + " and gives the whole model's results bit for bit. From tokens it refuses to run.",
            "Nothing is overwritten. A split that was interrupted leaves no part, and can be run again."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise split models/gpt-neox-20b --break-layer 24 --out models/gpt-neox-20b-from-24",
            "  reprise split models/gpt2 --break-layer 6 --out models/gpt2-from-6 --virtual"
        })
final class SplitCommand implements Callable<Integer> {
    private static final long MEBI = 1 << 20;

    @Parameters(
            paramLabel = "DIR",
            description = "A model directory, the directory of a run, or a part to split again.")
    private Path model;

    @Option(
            names = "--break-layer",
            required = true,
            paramLabel = "L",
            description = "The part's first block, from 1 to the last.")
    private int breakLayer;

    @Option(names = "--out", required = true, paramLabel = "PART", description = "A new directory to write to.")
    private Path out;

    @Option(
            names = "--virtual",
            description = "Copy no weights: the part refers to DIR, which has to stay where it is.")
    private boolean view;

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    SplitCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        SplitModel.Written written;
        try (var progress = new Copying(screen, output.silent())) {
            written = services.split(new SplitModel.Request(model, breakLayer, out, view), progress::at);
        }
        if (output.json) {
            screen.result(JsonLines.of(json(written)));
            return 0;
        }
        if (!output.quiet) {
            screen.line(words(written));
        }
        screen.result(written.directory().toString());
        return 0;
    }

    private static String words(SplitModel.Written written) {
        var part = written.part();
        var weights = part.origin().viewOf().isPresent()
                ? "a view of " + part.origin().viewOf().get() + ", no weights of its own"
                : "%s tensors, %s in %s"
                        .formatted(
                                Figures.count(part.tensors()),
                                size(part.bytes()),
                                part.files().size() == 1
                                        ? part.files().get(0)
                                        : part.files().size() + " files");
        return String.format(
                Locale.ROOT,
                "%s · starts from %s · %s · %.2f s",
                part.origin().words(part.nLayers()),
                part.origin().boundary(),
                weights,
                written.seconds());
    }

    private static Map<String, Object> json(SplitModel.Written written) {
        var json = new LinkedHashMap<String, Object>();
        json.put("directory", written.directory().toString());
        json.put("origin", written.part().origin());
        json.put("n_layers", written.part().nLayers());
        json.put("tensors", written.part().tensors());
        json.put("bytes", written.part().bytes());
        json.put("files", written.part().files());
        json.put("seconds", written.seconds());
        return json;
    }

    private static String size(long bytes) {
        double mebibytes = bytes / (double) MEBI;
        return mebibytes < 1024
                ? String.format(Locale.ROOT, "%.1f MiB", mebibytes)
                : String.format(Locale.ROOT, "%.1f GiB", mebibytes / 1024);
    }

    /** A bar over the bytes. */
    private static final class Copying implements AutoCloseable {
        private final Screen screen;
        private final boolean silent;
        private Optional<Bar> bar = Optional.empty();
        private long done;

        Copying(Screen screen, boolean silent) {
            this.screen = screen;
            this.silent = silent;
        }

        void at(long bytes, long of) {
            done = bytes;
            if (silent || !screen.terminal().interactive()) {
                return;
            }
            if (bar.isEmpty()) {
                bar = Optional.of(new Bar(screen, "split", of, () -> details(of)));
            }
            bar.get().at(bytes);
        }

        private String details(long of) {
            double seconds =
                    Math.max(1e-3, bar.map(b -> b.elapsed().toMillis() / 1e3).orElse(0.0));
            double rate = Math.max(1, done / seconds);
            return size(done) + " of " + size(of) + "  " + size((long) rate) + "/s  eta "
                    + Figures.duration((of - done) / rate);
        }

        @Override
        public void close() {
            bar.ifPresent(Bar::close);
        }
    }
}
