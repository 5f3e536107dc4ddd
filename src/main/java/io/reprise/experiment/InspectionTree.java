package io.reprise.experiment;

import io.reprise.experiment.Inspection.OfModel;
import io.reprise.experiment.Inspection.OfRun;
import io.reprise.experiment.Inspection.OfWeights;
import io.reprise.model.ModelConfig;
import io.reprise.model.ModelConfig.Positions;
import io.reprise.model.pretrained.PartOrigin;
import io.reprise.report.TreeNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What a directory or a file holds, as a tree for people. */
public final class InspectionTree {
    private static final Map<String, String> WORDS = Map.of(
            "embed", "embedding",
            "pos_embed", "positions",
            "attn", "attention",
            "mlp", "MLP",
            "ln", "layer norms",
            "ln_final", "final layer norm",
            "unembed", "unembedding");

    private final boolean eachBlock;

    private InspectionTree(boolean eachBlock) {
        this.eachBlock = eachBlock;
    }

    /** @param eachBlock whether equal blocks are shown each by itself instead of once */
    public static TreeNode of(Inspection inspection, boolean eachBlock) {
        InspectionTree tree = new InspectionTree(eachBlock);
        if (inspection instanceof OfRun run) {
            return tree.run(run);
        }
        return inspection instanceof OfModel model ? tree.model(model) : tree.weights((OfWeights) inspection);
    }

    private TreeNode run(OfRun run) {
        List<TreeNode> parts = new ArrayList<>();
        List<TreeNode> metrics = new ArrayList<>();
        run.metrics().forEach((name, value) -> metrics.add(TreeNode.leaf(name, number(value), "")));
        parts.add(TreeNode.open("results", "", run.stopReason(), metrics));
        run.model().ifPresent(model -> parts.add(TreeNode.open("model", words(model), "", modelParts(model))));
        return TreeNode.open(run.path(), run.name(), "seed " + run.seed(), parts);
    }

    private TreeNode model(OfModel model) {
        return TreeNode.open(model.path(), words(model), "", modelParts(model));
    }

    private static String words(OfModel model) {
        return model.family() + " · " + BuildModel.words(model.config()) + " · " + count(model.count()) + " parameters";
    }

    private TreeNode weights(OfWeights weights) {
        List<TreeNode> parts = new ArrayList<>();
        if (!weights.metadata().isEmpty()) {
            List<TreeNode> texts = new ArrayList<>();
            weights.metadata().forEach((key, value) -> texts.add(TreeNode.leaf(key, value, "")));
            parts.add(TreeNode.open("metadata", "", "", texts));
        }
        parts.add(TreeNode.open("tensors", "", "", tensors(weights)));
        return TreeNode.open(weights.path(), summary(weights), mebibytes(weights.bytes()) + " on disk", parts);
    }

    private static String summary(OfWeights weights) {
        int count = weights.tensors().size();
        return count + (count == 1 ? " tensor" : " tensors") + (count == 0 ? "" : " · " + weights.types());
    }

    private List<TreeNode> tensors(OfWeights weights) {
        NameTree tensors = new NameTree(eachBlock);
        weights.tensors().forEach(t -> tensors.add(t.name(), t.dtype() + " " + t.shape(), ""));
        return tensors.nodes();
    }

    private List<TreeNode> modelParts(OfModel model) {
        List<TreeNode> parts = new ArrayList<>();
        model.part().ifPresent(part -> parts.add(part(part, model.config())));
        List<TreeNode> config = config(model.config());
        config.add(TreeNode.leaf("tokenizer", model.tokenizer(), ""));
        parts.add(TreeNode.open("config", "", "", config));
        parts.add(parameters(model));
        OfWeights stored = model.stored();
        parts.add(TreeNode.open(
                "on disk",
                mebibytes(stored.bytes()),
                files(stored)
                        + model.part()
                                .flatMap(PartOrigin::viewOf)
                                .map(path -> " of " + path)
                                .orElse(""),
                List.of(TreeNode.folded("tensors", summary(stored), "", tensors(stored)))));
        parts.add(
                TreeNode.open("weights in memory", "", "as float32; Java and activations come on top", memory(model)));
        NameTree sites = new NameTree(eachBlock);
        model.sites()
                .forEach(site ->
                        sites.add(site.name(), site.shape(), site.module().orElse("")));
        boolean named = model.sites().stream().anyMatch(site -> site.module().isPresent());
        parts.add(
                TreeNode.open("sites", "shape", named ? "name of " + model.family() + "'s module" : "", sites.nodes()));
        return parts;
    }

    private static TreeNode part(PartOrigin part, ModelConfig config) {
        List<TreeNode> lines = new ArrayList<>();
        lines.add(TreeNode.leaf("starts from", part.boundary().name(), "not from tokens"));
        lines.add(TreeNode.leaf("source", part.sourceName(), "fingerprint " + part.sourceFingerprint()));
        part.viewOf().ifPresent(path -> lines.add(TreeNode.leaf("view of", path, "no weights of its own")));
        return TreeNode.open("part", part.words(config.nLayers()), "", lines);
    }

    private static String files(OfWeights stored) {
        List<String> files = stored.files();
        return files.size() == 1 ? files.get(0) : files.get(0) + " … " + files.get(files.size() - 1);
    }

    private static List<TreeNode> memory(OfModel model) {
        ModelConfig c = model.config();
        return List.of(
                TreeNode.leaf("resident", mebibytes(model.weightsBytes().get("resident")), "all weights"),
                TreeNode.leaf(
                        "--stream",
                        mebibytes(model.weightsBytes().get("stream")),
                        "one layer + unembedding block"
                                + (model.part().isPresent()
                                        ? ""
                                        : "; " + bytes(4L * c.dModel() * (c.positions() == Positions.LEARNED ? 2 : 1))
                                                + " a token")));
    }

    private TreeNode parameters(OfModel model) {
        int first = model.firstLayer();
        int layers = model.config().nLayers() - first;
        List<TreeNode> parts = new ArrayList<>();
        List<TreeNode> inBlocks = new ArrayList<>();
        long blocks = 0;
        Map<String, TreeNode> outside = new LinkedHashMap<>();
        for (Map.Entry<String, Long> part : model.parameters().entrySet()) {
            if (first > 0 && part.getValue() == 0) {
                continue; // left to the lower part
            }
            String name = WORDS.getOrDefault(part.getKey(), part.getKey());
            if (List.of("attn", "mlp", "ln").contains(part.getKey())) {
                blocks += part.getValue();
                inBlocks.add(TreeNode.leaf(name, count(part.getValue()), each(part.getValue(), layers)));
            } else {
                outside.put(part.getKey(), TreeNode.leaf(name, count(part.getValue()), ""));
            }
        }
        for (String before : List.of("embed", "pos_embed")) {
            if (outside.containsKey(before)) {
                parts.add(outside.remove(before));
            }
        }
        if (!inBlocks.isEmpty()) {
            String range = "blocks." + first + (layers == 1 ? "" : ".." + (first + layers - 1));
            parts.add(TreeNode.open(range, count(blocks), each(blocks, layers), inBlocks));
        }
        parts.addAll(outside.values());
        if (model.config().tiedUnembed()) {
            parts.add(TreeNode.leaf("unembedding", "tied", "is the embedding"));
        }
        return TreeNode.open("parameters", count(model.count()), "", parts);
    }

    private static String each(long all, int layers) {
        return layers < 2 ? "" : count(all / layers) + " each";
    }

    private static List<TreeNode> config(ModelConfig c) {
        List<TreeNode> lines = new ArrayList<>();
        lines.add(TreeNode.leaf("d_vocab", count(c.dVocab()), ""));
        lines.add(TreeNode.leaf("n_ctx", count(c.nCtx()), ""));
        lines.add(TreeNode.leaf("heads", c.nHeads() + " × d_head " + c.dHead(), windows(c)));
        lines.add(
                c.attnOnly()
                        ? TreeNode.leaf("d_mlp", "0", "attention only")
                        : TreeNode.leaf("act_fn", lower(c.actFn()), ""));
        String eps = c.hasLayerNorm() ? String.format(Locale.ROOT, "eps %.0e", c.eps()) : "";
        lines.add(TreeNode.leaf("normalization", lower(c.normalization()), eps));
        boolean rotary = c.positions() == Positions.ROTARY;
        lines.add(TreeNode.leaf(
                "positions",
                lower(c.positions()),
                rotary ? c.rotaryDim() + " of " + c.dHead() + " features, base " + number(c.rotaryBase()) : ""));
        if (c.parallelAttnMlp()) {
            lines.add(TreeNode.leaf("parallel", "attention and MLP read the same residual stream", ""));
        }
        return lines;
    }

    /** Which blocks see how far back, if not all see everything. */
    private static String windows(ModelConfig c) {
        Map<Integer, List<Integer>> blocks = new TreeMap<>();
        for (int layer = 0; layer < c.nLayers(); layer++) {
            blocks.computeIfAbsent(c.attnWindows().get(layer), w -> new ArrayList<>())
                    .add(layer);
        }
        if (blocks.keySet().stream().allMatch(window -> window == 0)) {
            return "";
        }
        List<String> words = new ArrayList<>();
        blocks.forEach(
                (window, layers) -> words.add((window == 0 ? "all positions" : "the last " + window + " positions")
                        + " in blocks " + ranges(layers)));
        return "attend to " + String.join(", ", words);
    }

    /** 0, 2, 4, 5, 6 → 0,2,4..6. */
    private static String ranges(List<Integer> numbers) {
        List<String> ranges = new ArrayList<>();
        for (int i = 0; i < numbers.size(); ) {
            int end = i;
            while (end + 1 < numbers.size() && numbers.get(end + 1) == numbers.get(end) + 1) {
                end++;
            }
            ranges.add(numbers.get(i) + (end > i ? ".." + numbers.get(end) : ""));
            i = end + 1;
        }
        return String.join(",", ranges);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.6g", value);
    }

    private static String mebibytes(long bytes) {
        double mebibytes = bytes / (double) (1 << 20);
        return String.format(Locale.ROOT, mebibytes < 10 ? "%.2f MiB" : "%,.1f MiB", mebibytes);
    }

    private static String bytes(long bytes) {
        return bytes < 1024 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f KiB", bytes / 1024.0);
    }
}
