package io.reprise.model;

import io.reprise.tensor.Shape;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A named place in the forward pass, by TransformerLens's names: {@code hook_embed}, {@code blocks.0.attn.hook_q}, … {@code
 * logits}. Sites are ordered as the forward pass reaches them.
 *
 * @param kind which activation
 * @param layer block, or -1 outside the blocks
 */
public record Site(Kind kind, int layer) implements Comparable<Site> {
    private static final Pattern IN_BLOCK = Pattern.compile("blocks\\.(\\d+)\\.(.+)");

    /** The activations, in the order of the forward pass, each with its shape. */
    public enum Kind {
        EMBED("hook_embed", false, "[batch, pos, d_model]"),
        POS_EMBED("hook_pos_embed", false, "[batch, pos, d_model]"),
        RESID_PRE("hook_resid_pre", true, "[batch, pos, d_model]"),
        LN1("ln1.hook_normalized", true, "[batch, pos, d_model]"),
        /** q | k | v, each head by head. */
        QKV("attn.hook_qkv", true, "[batch, pos, 3·head·d_head]"),
        Q("attn.hook_q", true, "[batch, pos, head, d_head]"),
        K("attn.hook_k", true, "[batch, pos, head, d_head]"),
        V("attn.hook_v", true, "[batch, pos, head, d_head]"),
        ROT_Q("attn.hook_rot_q", true, "[batch, pos, head, d_head]"),
        ROT_K("attn.hook_rot_k", true, "[batch, pos, head, d_head]"),
        ATTN_SCORES("attn.hook_attn_scores", true, "[batch, head, query, key]"),
        PATTERN("attn.hook_pattern", true, "[batch, head, query, key]"),
        Z("attn.hook_z", true, "[batch, pos, head, d_head]"),
        RESULT("attn.hook_result", true, "[batch, pos, head, d_model]"),
        ATTN_OUT("hook_attn_out", true, "[batch, pos, d_model]"),
        RESID_MID("hook_resid_mid", true, "[batch, pos, d_model]"),
        LN2("ln2.hook_normalized", true, "[batch, pos, d_model]"),
        MLP_PRE("mlp.hook_pre", true, "[batch, pos, d_mlp]"),
        MLP_POST("mlp.hook_post", true, "[batch, pos, d_mlp]"),
        MLP_OUT("hook_mlp_out", true, "[batch, pos, d_model]"),
        RESID_POST("hook_resid_post", true, "[batch, pos, d_model]"),
        LN_FINAL("ln_final.hook_normalized", false, "[batch, pos, d_model]"),
        LOGITS("logits", false, "[batch, pos, d_vocab]");

        private final String suffix;
        private final boolean inBlock;
        private final String axes;

        Kind(String suffix, boolean inBlock, String axes) {
            this.suffix = suffix;
            this.inBlock = inBlock;
            this.axes = axes;
        }

        public boolean inBlock() {
            return inBlock;
        }

        /** Names of the axes, for people. */
        public String axes() {
            return axes;
        }

        boolean beforeBlocks() {
            return this == EMBED || this == POS_EMBED;
        }
    }

    public Site {
        if (kind.inBlock != layer >= 0) {
            throw new IllegalArgumentException(kind + " with layer " + layer + " is not a site");
        }
    }

    public static Site of(Kind kind) {
        return new Site(kind, -1);
    }

    public static Site of(Kind kind, int layer) {
        return new Site(kind, layer);
    }

    /**
     * @throws IllegalArgumentException with the nearest names, if this model has no such site
     */
    public static Site parse(String name, ModelConfig config) {
        return parse(name, config, Map.of());
    }

    /**
     * @param aliases other names of this model's sites
     * @throws IllegalArgumentException with the nearest names, if this model has no such site
     */
    public static Site parse(String name, ModelConfig config, Map<String, Site> aliases) {
        Map<String, Site> all = new LinkedHashMap<>();
        all(config).forEach(site -> all.put(site.name(), site));
        all.putAll(aliases);
        if (all.containsKey(name)) {
            return all.get(name);
        }
        Matcher inBlock = IN_BLOCK.matcher(name);
        if (inBlock.matches()
                && new BigInteger(inBlock.group(1)).compareTo(BigInteger.valueOf(config.nLayers())) >= 0) {
            throw new IllegalArgumentException("site \"" + name + "\" is out of range: this model has "
                    + (config.nLayers() == 0 ? "no layers" : "layers 0.." + (config.nLayers() - 1)));
        }
        List<String> nearest = all.keySet().stream()
                .sorted(Comparator.comparingInt(candidate -> distance(candidate, name)))
                .limit(3)
                .toList();
        throw new IllegalArgumentException(
                "site \"" + name + "\" does not exist; nearest names: " + String.join(", ", nearest));
    }

    /** Every site that a model of this shape has, in the order of its forward pass. */
    public static List<Site> all(ModelConfig config) {
        List<Site> sites = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (kind.beforeBlocks()
                    && (kind != Kind.POS_EMBED || config.positions() == ModelConfig.Positions.LEARNED)) {
                sites.add(of(kind));
            }
        }
        for (int layer = 0; layer < config.nLayers(); layer++) {
            for (Kind kind : Kind.values()) {
                if (kind.inBlock && exists(kind, config)) {
                    sites.add(of(kind, layer));
                }
            }
        }
        if (config.hasLayerNorm()) {
            sites.add(of(Kind.LN_FINAL));
        }
        sites.add(of(Kind.LOGITS));
        return sites;
    }

    private static boolean exists(Kind kind, ModelConfig config) {
        return switch (kind) {
            case LN1 -> config.hasLayerNorm();
            case ROT_Q, ROT_K -> config.positions() == ModelConfig.Positions.ROTARY;
            case RESID_MID -> !config.attnOnly() && !config.parallelAttnMlp();
            case LN2 -> !config.attnOnly() && config.hasLayerNorm();
            case MLP_PRE, MLP_POST, MLP_OUT -> !config.attnOnly();
            default -> true;
        };
    }

    public String name() {
        return kind.inBlock ? "blocks." + layer + "." + kind.suffix : kind.suffix;
    }

    /** Shape of this site's value for {@code batch} sequences of {@code length} positions. */
    public Shape shape(ModelConfig c, int batch, int length) {
        return switch (kind) {
            case Q, K, V, ROT_Q, ROT_K, Z -> Shape.of(batch, length, c.nHeads(), c.dHead());
            case ATTN_SCORES, PATTERN -> Shape.of(batch, c.nHeads(), length, length);
            case RESULT -> Shape.of(batch, length, c.nHeads(), c.dModel());
            case QKV -> Shape.of(batch, length, 3 * c.nHeads() * c.dHead());
            case MLP_PRE, MLP_POST -> Shape.of(batch, length, c.dMlp());
            case LOGITS -> Shape.of(batch, length, c.dVocab());
            default -> Shape.of(batch, length, c.dModel());
        };
    }

    @Override
    public int compareTo(Site other) {
        return Long.compare(order(), other.order());
    }

    private long order() {
        long kinds = Kind.values().length;
        long position = kind.inBlock ? layer : kind.beforeBlocks() ? -1 : Integer.MAX_VALUE;
        return position * kinds + kind.ordinal();
    }

    @Override
    public String toString() {
        return name();
    }

    /** Levenshtein's edit distance. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
