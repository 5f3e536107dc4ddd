package io.reprise.model.pretrained;

import io.reprise.model.Site;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the upper part of a model comes from: under {@code reprise_part} in its config, all other keys of which are those of the
 * whole model. Blocks keep their index in the whole, so that what depends on it stays as it was.
 *
 * @param breakLayer the part's first block; it starts from {@code blocks.L.hook_resid_pre} of the whole
 * @param sourceName the directory that was split
 * @param sourceFingerprint of the whole model, see {@link Fingerprint}
 * @param partFingerprint of what the part holds
 * @param viewOf of a part without weights of its own: the directory with the weights, from the part's own
 */
public record PartOrigin(
        int breakLayer, String sourceName, String sourceFingerprint, String partFingerprint, Optional<String> viewOf) {
    static final String KEY = "reprise_part";

    private static final int SHOWN = 12;

    public PartOrigin {
        if (breakLayer < 1) {
            throw new IllegalArgumentException("break_layer = " + breakLayer + "; expected 1 or more");
        }
    }

    /** The part that a config is of, if it is of one. */
    static Optional<PartOrigin> read(ConfigKeys keys) {
        if (!keys.has(KEY)) {
            return Optional.empty();
        }
        ConfigKeys own = keys.object(KEY);
        PartOrigin origin = new PartOrigin(
                own.integer("break_layer", 1),
                own.text("source_name", "?"),
                own.fingerprint("source_fingerprint"),
                own.fingerprint("part_fingerprint"),
                Optional.of(own.text("view_of", "")).filter(path -> !path.isEmpty()));
        own.refuseOthers(KEY);
        return Optional.of(origin);
    }

    Map<String, Object> asJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("break_layer", breakLayer);
        json.put("source_name", sourceName);
        json.put("source_fingerprint", sourceFingerprint);
        json.put("part_fingerprint", partFingerprint);
        viewOf.ifPresent(path -> json.put("view_of", path));
        return json;
    }

    /** {@code blocks.L.hook_resid_pre} of the whole. */
    public Site boundary() {
        return Site.of(Site.Kind.RESID_PRE, breakLayer);
    }

    /** {@code blocks 6..11 of gpt2}. */
    public String words(int nLayers) {
        int last = nLayers - 1;
        return (breakLayer == last ? "block " + last : "blocks " + breakLayer + ".." + last) + " of " + sourceName;
    }

    /** A fingerprint as messages show it. */
    static String shortly(String fingerprint) {
        return fingerprint.length() <= SHOWN ? fingerprint : fingerprint.substring(0, SHOWN) + "…";
    }

    /**
     * Where a model may be broken.
     *
     * @param model as the user names it
     * @throws IllegalArgumentException naming the range
     */
    public static void requireBreakLayer(int layer, int least, int nLayers, Object model) {
        if (nLayers - 1 < least) {
            throw new IllegalArgumentException("--break-layer " + layer + ": " + model + " can't be split; it has "
                    + (nLayers <= 1 ? "n_layers = " + nLayers : "block " + (nLayers - 1) + " only"));
        }
        if (layer < least || layer > nLayers - 1) {
            throw new IllegalArgumentException("--break-layer " + layer + " is out of range; expected " + least
                    + (least == nLayers - 1 ? "" : ".." + (nLayers - 1)) + ", the part's first block: " + model
                    + " has blocks " + (least - 1) + ".." + (nLayers - 1));
        }
    }
}
