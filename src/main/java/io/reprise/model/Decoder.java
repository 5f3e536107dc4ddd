package io.reprise.model;

import io.reprise.backend.Scope;
import io.reprise.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What maps a residual stream to logits: some blocks or halves of blocks, then always final norm and unembedding. The standard
 * decoder has no blocks. A half is added to what it reads, x + attn(ln1(x)) or x + mlp(ln2(x)); attention and MLP of one block
 * are the block.
 *
 * <p>In a parallel block (GPT-NeoX) both halves read the block's input, so each of them starts there.
 */
public final class Decoder {
    private static final Pattern MODULE = Pattern.compile(
            "(?:transformer\\.|gpt_neox\\.)?(?:blocks|h|layers)\\.(\\d{1,9})(?:\\.(attn|attention|mlp))?");
    /** Names of what every decoder ends with; they may be given and change nothing. */
    private static final Set<String> HEAD = Set.of(
            "ln_final",
            "final_layernorm",
            "ln_f",
            "transformer.ln_f",
            "final_layer_norm",
            "gpt_neox.final_layer_norm",
            "unembed",
            "lm_head",
            "embed_out");

    private enum Part {
        ATTENTION,
        MLP,
        BLOCK
    }

    /** One of its modules before the final norm. */
    private record Step(int layer, Part part) {
        String name() {
            return "blocks." + layer
                    + switch (part) {
                        case ATTENTION -> ".attn";
                        case MLP -> ".mlp";
                        case BLOCK -> "";
                    };
        }
    }

    private final ModelConfig config;
    private final List<Step> steps;

    private Decoder(ModelConfig config, List<Step> steps) {
        this.config = config;
        this.steps = List.copyOf(steps);
    }

    /** Final norm and unembedding. */
    public static Decoder standard(ModelConfig config) {
        return new Decoder(config, List.of());
    }

    /**
     * Reads module names in the order of the forward pass: {@code blocks.47}, {@code blocks.47.attn}, {@code blocks.47.mlp}, or
     * the families' {@code h.47}, {@code layers.47.attention} … Modules that are not named are left out.
     *
     * @throws IllegalArgumentException if a name is no module of this model, with the nearest names, or the order is another
     */
    public static Decoder parse(List<String> names, ModelConfig config) {
        List<Step> steps = new ArrayList<>();
        boolean ended = false;
        for (String name : names) {
            if (HEAD.contains(name)) {
                ended = true;
                continue;
            }
            Step step = step(name, config);
            Optional<Step> last = steps.isEmpty() ? Optional.empty() : Optional.of(steps.get(steps.size() - 1));
            if (ended || last.filter(before -> !follows(before, step)).isPresent()) {
                throw new IllegalArgumentException("decoder \"" + name + "\" comes after "
                        + (ended ? "the final norm" : "\"" + last.orElseThrow().name() + "\"")
                        + "; name modules once, in the order of the forward pass");
            }
            if (last.filter(before -> before.layer() == step.layer()).isPresent()) {
                steps.set(steps.size() - 1, new Step(step.layer(), Part.BLOCK));
            } else {
                steps.add(step);
            }
        }
        return new Decoder(config, steps);
    }

    private static Step step(String name, ModelConfig config) {
        Matcher module = MODULE.matcher(name);
        if (!module.matches()) {
            throw new IllegalArgumentException(
                    "decoder \"" + name + "\" is no module that maps a residual stream; nearest" + " names: "
                            + String.join(", ", StreamPoint.nearest(name, names(config))));
        }
        int layer = StreamPoint.layer(name, module.group(1), config);
        Part part =
                switch (Optional.ofNullable(module.group(2)).orElse("")) {
                    case "attn", "attention" -> config.attnOnly() ? Part.BLOCK : Part.ATTENTION;
                    case "mlp" -> Part.MLP;
                    default -> Part.BLOCK;
                };
        if (part == Part.MLP && config.attnOnly()) {
            throw new IllegalArgumentException("decoder \"" + name + "\" does not exist: this model has no MLP");
        }
        return new Step(layer, part);
    }

    private static List<String> names(ModelConfig config) {
        List<String> names = new ArrayList<>(List.of("ln_final", "unembed"));
        for (int layer = 0; layer < config.nLayers(); layer++) {
            for (Part part : Part.values()) {
                names.add(new Step(layer, part).name());
            }
        }
        return names;
    }

    private static boolean follows(Step before, Step step) {
        return before.layer() < step.layer()
                || (before.layer() == step.layer() && before.part() == Part.ATTENTION && step.part() == Part.MLP);
    }

    /**
     * The latest point of the stream that holds nothing of what this decoder adds. Of a {@linkplain #isSuffix suffix} it is the
     * point whose decoded logits are the model's own.
     */
    public StreamPoint entry() {
        if (steps.isEmpty()) {
            return StreamPoint.after(config.nLayers() - 1);
        }
        Step first = steps.get(0);
        boolean late = first.part() == Part.MLP && !config.parallelAttnMlp();
        return late ? StreamPoint.afterAttention(first.layer()) : StreamPoint.after(first.layer() - 1);
    }

    /** Whether it is the whole rest of the model after {@link #entry()}. */
    public boolean isSuffix() {
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            boolean whole =
                    step.part() == Part.BLOCK || (i == 0 && step.part() == Part.MLP && !config.parallelAttnMlp());
            if (!whole || step.layer() != config.nLayers() - steps.size() + i) {
                return false;
            }
        }
        return true;
    }

    /** Whether it holds attention: then each position's logits need the stream of all earlier positions. */
    public boolean mixesPositions() {
        return steps.stream().anyMatch(step -> step.part() != Part.MLP);
    }

    /** Its names, final norm and unembedding included. */
    public List<String> names() {
        List<String> names = new ArrayList<>(steps.stream().map(Step::name).toList());
        if (config.hasLayerNorm()) {
            names.add("ln_final");
        }
        names.add("unembed");
        return names;
    }

    /**
     * Takes streams through its blocks, module by module, so that a model which holds one layer at a time reads each once.
     * What remains to be done are final norm and unembedding, {@link StreamParts#logits}.
     *
     * @param streams each [batch·length, d_model], all positions if it {@linkplain #mixesPositions mixes} them; replaced and closed
     */
    public void advance(Transformer model, List<Tensor> streams, int batch, int length) {
        StreamParts parts = new StreamParts(model);
        for (Step step : steps) {
            for (int i = 0; i < streams.size(); i++) {
                Tensor x = streams.get(i);
                Tensor y =
                        switch (step.part()) {
                            case ATTENTION -> parts.attention(step.layer(), x, batch, length);
                            case MLP -> parts.mlp(step.layer(), x, x);
                            case BLOCK -> parts.block(step.layer(), x, batch, length);
                        };
                streams.set(i, y);
                x.close();
            }
        }
    }

    /** The logits [batch·length, d_vocab] of one stream, in the caller's scope. For many rows decode in pieces. */
    public Tensor logits(Transformer model, Tensor stream, int batch, int length) {
        try (Scope scope = model.backend().scope()) {
            int rows = stream.shape().rows();
            List<Tensor> one = new ArrayList<>(List.of(model.backend()
                    .rows(stream, java.util.stream.IntStream.range(0, rows).toArray())));
            advance(model, one, batch, length);
            return scope.keep(new StreamParts(model).logits(one.get(0)));
        }
    }

    @Override
    public String toString() {
        return String.join(", ", names());
    }
}
