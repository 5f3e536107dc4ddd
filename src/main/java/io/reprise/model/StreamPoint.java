package io.reprise.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A point of the residual stream: before the first block, after a block's attention, or after the whole block. In a parallel
 * block (GPT-NeoX) the point after attention is x + attn(ln1(x)), which the forward pass never holds.
 *
 * @param layer the block; -1 for the input of the first
 * @param part what has been added last
 */
public record StreamPoint(int layer, Part part) implements Comparable<StreamPoint> {
    private static final Pattern MODULE =
            Pattern.compile("(?:transformer\\.|gpt_neox\\.)?(?:blocks|h|layers)\\.(\\d{1,9})"
                    + "(?:\\.(attn|attention|mlp|resid|hook_resid_pre|hook_resid_mid|hook_resid_post))?");

    /** What a point comes after. */
    public enum Part {
        INPUT,
        ATTENTION,
        BLOCK
    }

    /** The stream that block 0 reads. */
    public static final StreamPoint INPUT = new StreamPoint(-1, Part.INPUT);

    public StreamPoint {
        if ((layer < 0) != (part == Part.INPUT)) {
            throw new IllegalArgumentException("the point " + part + " of layer " + layer + " does not exist");
        }
    }

    /** After {@code layer}; the input for -1. */
    public static StreamPoint after(int layer) {
        return layer < 0 ? INPUT : new StreamPoint(layer, Part.BLOCK);
    }

    public static StreamPoint afterAttention(int layer) {
        return new StreamPoint(layer, Part.ATTENTION);
    }

    /**
     * Reads {@code input}, {@code blocks.5.resid} (or {@code blocks.5}, {@code blocks.5.mlp}), {@code blocks.5.attn}, the sites
     * {@code blocks.5.hook_resid_pre|mid|post}, and the families' names {@code h.5}, {@code layers.5.attention} …
     *
     * @throws IllegalArgumentException with the nearest names, if this model has no such point
     */
    public static StreamPoint parse(String name, ModelConfig config) {
        if (name.equals("input") || name.equals(Site.of(Site.Kind.RESID_PRE, 0).name())) {
            return INPUT;
        }
        Matcher module = MODULE.matcher(name);
        if (!module.matches()) {
            throw new IllegalArgumentException("row \"" + name + "\" does not exist; nearest names: "
                    + String.join(", ", nearest(name, names(config))));
        }
        int layer = layer(name, module.group(1), config);
        String part = Optional.ofNullable(module.group(2)).orElse("");
        if (part.equals("mlp") && config.attnOnly()) {
            throw new IllegalArgumentException("row \"" + name + "\" does not exist: this model has no MLP");
        }
        return switch (part) {
            case "attn", "attention", "hook_resid_mid" -> config.attnOnly() ? after(layer) : afterAttention(layer);
            case "hook_resid_pre" -> after(layer - 1);
            default -> after(layer);
        };
    }

    /** A layer's number, checked. */
    static int layer(String name, String digits, ModelConfig config) {
        int layer = Integer.parseInt(digits);
        if (layer >= config.nLayers()) {
            throw new IllegalArgumentException("\"" + name + "\" is out of range: this model has "
                    + (config.nLayers() == 0 ? "no layers" : "layers 0.." + (config.nLayers() - 1)));
        }
        return layer;
    }

    /** The three names that take fewest edits to reach. */
    static List<String> nearest(String name, List<String> names) {
        String lower = name.toLowerCase(Locale.ROOT)
                .replaceFirst("^(?:transformer\\.|gpt_neox\\.)?(?:h|layers)\\.", "blocks.");
        return names.stream()
                .sorted(Comparator.comparingInt(candidate -> Site.distance(candidate, lower)))
                .limit(3)
                .toList();
    }

    private static List<String> names(ModelConfig config) {
        List<String> names = new ArrayList<>(List.of(INPUT.name()));
        for (int layer = 0; layer < config.nLayers(); layer++) {
            names.add(afterAttention(layer).name());
            names.add(after(layer).name());
        }
        return names;
    }

    /** {@code input}, {@code blocks.5.attn}, {@code blocks.5.resid}. */
    public String name() {
        return switch (part) {
            case INPUT -> "input";
            case ATTENTION -> "blocks." + layer + ".attn";
            case BLOCK -> "blocks." + layer + ".resid";
        };
    }

    /** The canonical name: that of its site, where the forward pass holds it. */
    public String siteName(ModelConfig config) {
        return switch (part) {
            case INPUT ->
                config.nLayers() == 0 ? name() : Site.of(Site.Kind.RESID_PRE, 0).name();
            case ATTENTION ->
                config.parallelAttnMlp()
                        ? name()
                        : Site.of(Site.Kind.RESID_MID, layer).name();
            case BLOCK -> Site.of(Site.Kind.RESID_POST, layer).name();
        };
    }

    /** In blocks: 0 for the input, 2.5 after the attention of block 2, 3 after block 2. */
    public double depth() {
        return switch (part) {
            case INPUT -> 0;
            case ATTENTION -> layer + 0.5;
            case BLOCK -> layer + 1;
        };
    }

    @Override
    public int compareTo(StreamPoint other) {
        return Integer.compare(order(), other.order());
    }

    /** 0 for the input, then two per layer. */
    private int order() {
        return 2 * layer + 1 + part.ordinal();
    }

    @Override
    public String toString() {
        return name();
    }
}
