package io.reprise.cli;

import io.reprise.analysis.relation.jacobian.JacobianMethod;
import io.reprise.backend.Span;
import io.reprise.experiment.RelationJacobian;
import io.reprise.text.Prompts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code reprise relation jacobian}. */
@Command(
        name = "jacobian",
        header =
                "Write the Jacobian and bias of z(h) at a prompt: how a state at one place moves a state at a later one.",
        description = {
            "h is the output of a block at one position (or embed: the token's embedding alone, or embed+pos: what block 0 reads),"
                    + " z the output of a later block, or of the final norm (ln_final), at the same or a later position. All other"
                    + " positions keep the stream that they have at h's layer.",
            "The file has jacobian [d_z, d_h], bias = z - jacobian·h, h, z and tokens. Of several prompts each gets a file in the"
                    + " directory --out, and what is there already isn't computed again: a call that was stopped goes on.",
            "A model too large for the machine goes through it a layer at a time (--stream, or --part with --model or --boundary),"
                    + " with the same bits.",
            "A prompts file has a line {\"text\": \"…\"} or {\"tokens\": [464, 3290]} per prompt, with an \"id\" if you like."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  reprise relation jacobian --model models/gpt2 --prompt \"The Space Needle is in the city of\" \\",
            "      --subject \"Space Needle\" --from-layer 5 --out needle.safetensors",
            "  reprise relation jacobian --part models/neox-from-24 --boundary b.safetensors --prompts p.jsonl \\",
            "      --position 4 --from-layer 26 --out jacobians"
        })
final class JacobianCommand implements Callable<Integer> {
    @Mixin
    private SubjectOptions model;

    @Option(
            names = "--boundary",
            paramLabel = "FILE",
            description =
                    "Boundary states of the prompts, as reprise relation boundary writes them: what the lower blocks of"
                            + " --model would compute for --part.")
    private Path boundary;

    @ArgGroup(multiplicity = "1")
    private Given given;

    /** The prompts, in one of three ways. */
    private static final class Given {
        @Option(names = "--prompt", paramLabel = "TEXT", description = "A text.")
        private String text;

        @Option(names = "--tokens", split = ",", paramLabel = "ID", description = "Token ids.")
        private List<Integer> tokens;

        @Option(names = "--prompts", paramLabel = "FILE", description = "A file of prompts, a JSON object a line.")
        private Path file;

        private Prompts prompts() throws IOException {
            if (text != null) {
                return Prompts.of(List.of(text));
            }
            return tokens == null ? Prompts.read(file) : Prompts.ofTokens(tokens);
        }
    }

    @Option(
            names = "--from-layer",
            required = true,
            paramLabel = "LAYER",
            description = "Where h is: a block's number (its output), embed, or embed+pos.")
    private String from;

    @ArgGroup(multiplicity = "1")
    private Where where;

    /** Where h is. */
    private static final class Where {
        @Option(
                names = "--position",
                paramLabel = "P",
                description = "Position of h, from 0; negative numbers count from the end.")
        private Integer position;

        @Option(
                names = "--subject",
                paramLabel = "TEXT",
                description =
                        "Instead: text that stands once in the prompt; h is at the token that holds its last character.")
        private String subject;
    }

    @Option(
            names = "--to-layer",
            paramLabel = "LAYER",
            description = "Where z is: a block's number (its output) or ln_final (default: the last block).")
    private String to;

    @Option(
            names = "--to-position",
            paramLabel = "Q",
            defaultValue = "-1",
            description = "Position of z (default: ${DEFAULT-VALUE}, the last).")
    private int toPosition;

    @Option(
            names = "--method",
            paramLabel = "NAME",
            defaultValue = "pushforward",
            converter = Methods.class,
            description = "pushforward, pullback, or rows (one row at a time: the check) (default: ${DEFAULT-VALUE}).")
    private JacobianMethod method;

    @Option(
            names = "--columns",
            paramLabel = "A..B",
            converter = Spans.class,
            description =
                    "Only these columns, both included (rows, of a method that goes backwards): to share the work between"
                            + " machines. There is no bias then.")
    private Span columns;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "Where it is written.")
    private Path out;

    @Mixin
    private Output output;

    private final Services services;
    private final Terminal terminal;

    JacobianCommand(Services services, Terminal terminal) {
        this.services = services;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var screen = new Screen(terminal);
        var request = new RelationJacobian.Request(
                model.place(boundary),
                given.prompts(),
                from,
                Optional.ofNullable(to),
                Optional.ofNullable(where.position),
                Optional.ofNullable(where.subject),
                toPosition,
                out,
                method,
                Optional.ofNullable(columns),
                model.memory(),
                model.stream(),
                model.arithmetic());
        try (var progress = new Watching(screen, output)) {
            services.jacobian(request, progress);
        }
        return 0;
    }

    /** A bar per prompt, with rate and time left, and a line for every file. */
    private static final class Watching implements RelationJacobian.Events, AutoCloseable {
        private final Screen screen;
        private final Output output;
        private final JacobianBar bar;

        Watching(Screen screen, Output output) {
            this.screen = screen;
            this.output = output;
            this.bar = new JacobianBar(screen, output.silent());
        }

        @Override
        public void note(String note) {
            if (!output.silent()) {
                screen.progress("note", note);
            }
        }

        @Override
        public void at(String name, long done, long total) {
            bar.at("prompt " + name + " ", done, total);
        }

        @Override
        public void written(RelationJacobian.Written written) {
            close();
            if (output.json) {
                screen.result(JsonLines.of(json(written)));
                return;
            }
            if (!output.quiet) {
                screen.line(words(written));
            }
            screen.result(written.file().toString());
        }

        @Override
        public void close() {
            bar.close();
        }
    }

    private static String words(RelationJacobian.Written written) {
        return String.format(
                Locale.ROOT,
                "prompt %s · h at position %d, z at %d · |J| %.4g%s%s · %s",
                written.prompt(),
                written.position(),
                written.toPosition(),
                written.frobenius(),
                written.image()
                        .map(norm -> String.format(Locale.ROOT, " · |Jh| %.4g", norm))
                        .orElse(""),
                written.bias()
                        .map(norm -> String.format(Locale.ROOT, " · |b| %.4g", norm))
                        .orElse(""),
                written.kept() ? "was there" : String.format(Locale.ROOT, "%.2f s", written.seconds()));
    }

    private static Map<String, Object> json(RelationJacobian.Written written) {
        var json = new LinkedHashMap<String, Object>();
        json.put("file", written.file().toString());
        json.put("prompt", written.prompt());
        json.put("position", written.position());
        json.put("to_position", written.toPosition());
        json.put("frobenius", written.frobenius());
        written.image().ifPresent(norm -> json.put("image_norm", norm));
        written.bias().ifPresent(norm -> json.put("bias_norm", norm));
        json.put("kept", written.kept());
        json.put("seconds", written.seconds());
        return json;
    }

    /** Methods by name. */
    private static final class Methods implements ITypeConverter<JacobianMethod> {
        @Override
        public JacobianMethod convert(String name) {
            for (var method : JacobianMethod.values()) {
                if (method.name().equalsIgnoreCase(name)) {
                    return method;
                }
            }
            throw new TypeConversionException("\"" + name + "\" is no method; choose pushforward, pullback or rows");
        }
    }

    /** 0..255, both included. */
    private static final class Spans implements ITypeConverter<Span> {
        @Override
        public Span convert(String text) {
            if (text.matches("\\d{1,9}\\.\\.\\d{1,9}")) {
                var ends = text.split("\\.\\.", -1);
                int from = Integer.parseInt(ends[0]);
                int to = Integer.parseInt(ends[1]);
                if (from <= to) {
                    return new Span(from, to + 1);
                }
            }
            throw new TypeConversionException("\"" + text + "\" is no range; expected one such as 0..255");
        }
    }
}
