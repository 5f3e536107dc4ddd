package io.reprise.analysis.overlap.between;

import io.reprise.analysis.circuit.Unit;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Activations;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Site.Kind;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the clean prompts' forward passes show of every component. */
final class ForwardReading {
    /** Prompts of one forward pass: keeps what is captured of a model of GPT-2's size below half a gigabyte. */
    private static final int CHUNK = 32;

    private final ModelConfig config;
    private final LogitDirections directions;
    private final List<String> roles;
    private final Map<Unit, List<double[]>> outputs = new LinkedHashMap<>();
    private final Map<Unit, List<double[]>> patterns = new LinkedHashMap<>();
    private final Map<Unit, double[]> spreads = new LinkedHashMap<>();
    private final double[][] inputVariances;
    private final List<Double> finalScales = new ArrayList<>();
    private final double[][][] outWeights;

    private ForwardReading(Transformer model, PairSet pairs, int[] tokens) {
        this.config = model.config();
        this.directions = new LogitDirections(model, pairs, tokens);
        this.roles = pairs.roles();
        this.inputVariances = new double[config.nLayers()][2];
        this.outWeights = new double[config.nLayers()][][];
        for (int layer = 0; layer < config.nLayers(); layer++) {
            outWeights[layer] = LogitDirections.rows(
                    model.backend(), model.weights().block(layer).outWeight());
        }
    }

    static ForwardReading of(Transformer model, PairSet pairs, int[] tokens) {
        ForwardReading reading = new ForwardReading(model, pairs, tokens);
        for (PairSet.Group group : pairs.groups()) {
            for (int from = 0; from < group.pairs().size(); from += CHUNK) {
                int to = Math.min(from + CHUNK, group.pairs().size());
                reading.take(model, group.pairs().subList(from, to), group.roles());
            }
        }
        return reading;
    }

    private void take(Transformer model, List<PromptPair> prompts, List<String> at) {
        int length = at.size();
        int[] ids = prompts.stream()
                .flatMap(pair -> pair.clean().stream())
                .mapToInt(Integer::intValue)
                .toArray();
        Activations run = model.run(new Tokens(ids, prompts.size(), length), sites());
        for (int i = 0; i < prompts.size(); i++) {
            for (int layer = 0; layer < config.nLayers(); layer++) {
                if (config.hasLayerNorm()) {
                    Activations.Value stream = run.get(Site.of(Kind.RESID_PRE, layer));
                    for (int position = 0; position < length; position++) {
                        inputVariances[layer][0] += variance(stream, i, position);
                        inputVariances[layer][1]++;
                    }
                }
                for (int head = 0; head < config.nHeads(); head++) {
                    takeHead(run, new Unit.Head(layer, head), i, at);
                }
                if (!config.attnOnly()) {
                    double[] out = vector(run.get(Site.of(Kind.MLP_OUT, layer)), i, length - 1);
                    add(new Unit.Mlp(layer), out);
                }
            }
            finalScales.add(
                    config.hasLayerNorm() && config.nLayers() > 0
                            ? 1 / Math.sqrt(variance(last(run), i, length - 1) + config.eps())
                            : 1.0);
        }
    }

    private List<Site> sites() {
        List<Site> sites = new ArrayList<>();
        for (int layer = 0; layer < config.nLayers(); layer++) {
            if (config.hasLayerNorm()) {
                sites.add(Site.of(Kind.RESID_PRE, layer));
            }
            sites.addAll(
                    List.of(Site.of(Kind.ATTN_SCORES, layer), Site.of(Kind.PATTERN, layer), Site.of(Kind.Z, layer)));
            if (!config.attnOnly()) {
                sites.add(Site.of(Kind.MLP_OUT, layer));
            }
        }
        if (config.hasLayerNorm() && config.nLayers() > 0) {
            sites.add(Site.of(Kind.RESID_POST, config.nLayers() - 1));
        }
        return sites;
    }

    private Activations.Value last(Activations run) {
        return run.get(Site.of(Kind.RESID_POST, config.nLayers() - 1));
    }

    private void takeHead(Activations run, Unit.Head unit, int prompt, List<String> at) {
        int length = at.size();
        Activations.Value pattern = run.get(Site.of(Kind.PATTERN, unit.layer()));
        Activations.Value scores = run.get(Site.of(Kind.ATTN_SCORES, unit.layer()));
        double[] looks = new double[roles.size() * roles.size()];
        double[] queries = new double[roles.size()];
        double[] spread = spreads.computeIfAbsent(unit, key -> new double[2]);
        for (int query = 0; query < length; query++) {
            int row = roles.indexOf(at.get(query));
            queries[row]++;
            int window = config.attnWindows().get(unit.layer());
            int first = window == 0 ? 0 : Math.max(0, query + 1 - window);
            double[] seen = new double[query + 1 - first];
            for (int key = first; key <= query; key++) {
                double beyond = pattern.at(prompt, unit.head(), query, key) - 1.0 / seen.length;
                looks[row * roles.size() + roles.indexOf(at.get(key))] += beyond;
                seen[key - first] = scores.at(prompt, unit.head(), query, key);
            }
            double norm = Vectors.norm(Vectors.minusMean(seen));
            spread[0] += norm * norm;
            spread[1] += seen.length;
        }
        for (int i = 0; i < looks.length; i++) {
            looks[i] /= Math.max(1, queries[i / roles.size()]);
        }
        patterns.computeIfAbsent(unit, key -> new ArrayList<>()).add(looks);
        Activations.Value z = run.get(Site.of(Kind.Z, unit.layer()));
        double[] out = new double[config.dModel()];
        for (int k = 0; k < config.dHead(); k++) {
            double factor = z.at(prompt, length - 1, unit.head(), k);
            double[] weights = outWeights[unit.layer()][unit.head() * config.dHead() + k];
            for (int j = 0; j < out.length; j++) {
                out[j] += factor * weights[j];
            }
        }
        add(unit, out);
    }

    /** Norms take out the mean over the stream's dimensions, so nobody reads that part of what is written. */
    private void add(Unit unit, double[] out) {
        outputs.computeIfAbsent(unit, key -> new ArrayList<>())
                .add(config.hasLayerNorm() ? Vectors.minusMean(out) : out);
    }

    /** [prompt][role of the query · role of the key]. */
    double[][] pattern(Unit.Head head) {
        return patterns.get(head).toArray(double[][]::new);
    }

    /** Inner products of what it writes at the last position, [prompt][prompt]. */
    double[][] gram(Unit unit) {
        List<double[]> vectors = outputs.get(unit);
        int n = vectors.size();
        double[][] gram = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                gram[i][j] = Vectors.dot(vectors.get(i), vectors.get(j));
                gram[j][i] = gram[i][j];
            }
        }
        return gram;
    }

    /** By prompt: what it writes, read along the unembedding of answer minus wrong, the final norm's scale held fixed. */
    double[] direct(Unit unit) {
        List<double[]> written = outputs.get(unit);
        double[] direct = new double[written.size()];
        Arrays.setAll(direct, i -> finalScales.get(i) * Vectors.dot(written.get(i), directions.answer(i)));
        return direct;
    }

    /** The root mean square of the cosines between what it writes (beyond its mean) and the task's unembedding rows. */
    double logitShare(Unit unit) {
        double[][] moved = beyondMean(unit);
        double written = 0;
        double logits = 0;
        double rows = 0;
        for (double[] row : directions.tokens()) {
            rows += Vectors.dot(row, row);
        }
        for (double[] out : moved) {
            written += Vectors.dot(out, out);
            for (double[] row : directions.tokens()) {
                double logit = Vectors.dot(out, row);
                logits += logit * logit;
            }
        }
        return written * rows > 0 ? Math.sqrt(logits / (written * rows)) : 0;
    }

    /** Root mean square over queries and keys of a head's scores beyond their mean over the keys. */
    double scoreSpread(Unit.Head head) {
        double[] spread = spreads.get(head);
        return Math.sqrt(spread[0] / spread[1]);
    }

    /** What the norm before a layer's attention multiplies scores by, on average: both their sides are divided by its scale. */
    double inputScale(int layer) {
        return config.hasLayerNorm() ? inputVariances[layer][1] / inputVariances[layer][0] : 1;
    }

    private double[][] beyondMean(Unit unit) {
        List<double[]> vectors = outputs.get(unit);
        double[] mean = new double[config.dModel()];
        for (double[] vector : vectors) {
            for (int j = 0; j < mean.length; j++) {
                mean[j] += vector[j] / vectors.size();
            }
        }
        double[][] moved = new double[vectors.size()][mean.length];
        for (int i = 0; i < moved.length; i++) {
            for (int j = 0; j < mean.length; j++) {
                moved[i][j] = vectors.get(i)[j] - mean[j];
            }
        }
        return moved;
    }

    private static double variance(Activations.Value stream, int prompt, int position) {
        double norm = Vectors.norm(Vectors.minusMean(vector(stream, prompt, position)));
        return norm * norm / stream.shape().dim(2);
    }

    private static double[] vector(Activations.Value value, int prompt, int position) {
        int width = value.shape().dim(2);
        int from = (prompt * value.shape().dim(1) + position) * width;
        return Arrays.copyOfRange(value.data(), from, from + width);
    }
}
