package io.reprise.analysis.relation;

import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.StreamPoint;
import java.util.regex.Pattern;

/**
 * Where an operator reads h or writes z: the token's embedding alone, the residual stream above some blocks, or the output of the
 * final norm. Ordered from below.
 *
 * @param blocks of a {@link Kind#STREAM}: how many blocks are below it; 0 is the sum of embedding and position, n what the final
 *     norm reads. 0 for the other kinds
 */
public record End(Kind kind, int blocks) implements Comparable<End> {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final String EXPECTED =
            "; expected a block's number (its output), embed (the token's embedding alone), embed+pos"
                    + " (what block 0 reads) or ln_final";

    /** From below. */
    public enum Kind {
        EMBED,
        STREAM,
        LN_FINAL
    }

    public static final End EMBED = new End(Kind.EMBED, 0);
    public static final End LN_FINAL = new End(Kind.LN_FINAL, 0);

    public End {
        if (blocks < 0 || (kind != Kind.STREAM && blocks != 0)) {
            throw new IllegalArgumentException("the end " + kind + " above " + blocks + " blocks does not exist");
        }
    }

    /** The output of block {@code layer}; of -1, what block 0 reads. */
    public static End after(int layer) {
        return new End(Kind.STREAM, layer + 1);
    }

    /**
     * Reads {@code 5} (the output of block 5), {@code embed}, {@code embed+pos}, {@code ln_final}, or a name of the stream such as
     * {@code blocks.5.hook_resid_post} or {@code h.5}.
     *
     * @throws IllegalArgumentException if this model has no such place
     */
    public static End parse(String name, ModelConfig config) {
        switch (name) {
            case "embed", "emb", "hook_embed" -> {
                return EMBED;
            }
            case "embed+pos" -> {
                return after(-1);
            }
            case "ln_final", "ln_f", "ln_final.hook_normalized" -> {
                if (!config.hasLayerNorm()) {
                    throw new IllegalArgumentException(
                            "layer \"" + name + "\": this model has no final norm" + EXPECTED);
                }
                return LN_FINAL;
            }
            default -> {
                if (NUMBER.matcher(name).matches()) {
                    int layer = Integer.parseInt(name);
                    if (layer >= config.nLayers()) {
                        throw new IllegalArgumentException("layer " + layer
                                + " is out of range: this model has layers 0.." + (config.nLayers() - 1));
                    }
                    return after(layer);
                }
                StreamPoint point;
                try {
                    point = StreamPoint.parse(name, config);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("layer \"" + name + "\" does not exist" + EXPECTED, e);
                }
                if (point.part() == StreamPoint.Part.ATTENTION) {
                    throw new IllegalArgumentException("layer \"" + name + "\" is inside a block" + EXPECTED);
                }
                return after(point.layer());
            }
        }
    }

    /** Its site in the forward pass. */
    public Site site(ModelConfig config) {
        return switch (kind) {
            case EMBED -> Site.of(Site.Kind.EMBED);
            case STREAM ->
                blocks < config.nLayers()
                        ? Site.of(Site.Kind.RESID_PRE, blocks)
                        : blocks == 0 ? Site.of(Site.Kind.EMBED) : Site.of(Site.Kind.RESID_POST, blocks - 1);
            case LN_FINAL -> Site.of(Site.Kind.LN_FINAL);
        };
    }

    /** As {@link #parse} reads it. */
    public String name() {
        return switch (kind) {
            case EMBED -> "embed";
            case STREAM -> blocks == 0 ? "embed+pos" : Integer.toString(blocks - 1);
            case LN_FINAL -> "ln_final";
        };
    }

    @Override
    public int compareTo(End other) {
        return kind == other.kind ? Integer.compare(blocks, other.blocks) : kind.compareTo(other.kind);
    }

    @Override
    public String toString() {
        return name();
    }
}
