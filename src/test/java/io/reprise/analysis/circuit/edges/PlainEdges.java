package io.reprise.analysis.circuit.edges;

import io.reprise.analysis.circuit.Port;
import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.Sender;
import io.reprise.analysis.circuit.Unit;
import io.reprise.backend.Backend;
import io.reprise.model.ModelConfig;
import io.reprise.model.Parameters;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * What edges mean, in loops over doubles and by definition: each receiver adds up what each sender writes, or what takes its place,
 * and the biases b_O below it. One sequence, learned positions, tanh GELU. Shares no code with what it checks.
 */
final class PlainEdges {
    private final ModelConfig config;
    private final Map<String, double[]> weights = new HashMap<>();

    PlainEdges(Backend backend, ModelConfig config, Parameters parameters) {
        this.config = config;
        parameters.byName().forEach((name, tensor) -> weights.put(name, backend.downloadDoubles(tensor)));
    }

    /** What a run's senders wrote, and its logits after the last token. */
    static final class Run {
        final Map<Sender, double[][]> written = new LinkedHashMap<>();
        double[] logits;
    }

    /** The model itself. */
    Run run(List<Integer> tokens) {
        return run(tokens, (edge, position) -> false, new Run());
    }

    Run run(List<Integer> tokens, Set<Unit> edited, Run other) {
        return run(tokens, (edge, position) -> edited.contains(edge), other);
    }

    /** @param edited which edges carry what {@code other} wrote, at which positions */
    Run run(List<Integer> tokens, BiPredicate<Unit.Edge, Integer> edited, Run other) {
        Run run = new Run();
        int n = tokens.size();
        int d = config.dModel();
        double[][] embed = new double[n][d];
        for (int t = 0; t < n; t++) {
            for (int j = 0; j < d; j++) {
                embed[t][j] =
                        weights.get("embed.W_E")[tokens.get(t) * d + j] + weights.get("pos_embed.W_pos")[t * d + j];
            }
        }
        run.written.put(new Sender.Embedding(), embed);
        List<double[]> biases = new ArrayList<>();
        for (int layer = 0; layer < config.nLayers(); layer++) {
            Map<Sender, double[][]> heads = new LinkedHashMap<>();
            for (int head = 0; head < config.nHeads(); head++) {
                double[][][] qkv = new double[3][][];
                for (Port port : List.of(Port.Q, Port.K, Port.V)) {
                    double[][] x = input(run, other, new Receiver.HeadInput(layer, head, port), edited, biases, n);
                    qkv[port.ordinal()] = project(normed(x, "blocks." + layer + ".ln1"), layer, head, port.ordinal());
                }
                heads.put(new Unit.Head(layer, head), write(attend(qkv, layer), layer, head));
            }
            if (config.parallelAttnMlp()) {
                mlp(run, other, layer, edited, biases, n, heads);
                biases.add(weights.get("blocks." + layer + ".attn.b_O"));
                run.written.putAll(heads);
            } else {
                run.written.putAll(heads);
                biases.add(weights.get("blocks." + layer + ".attn.b_O"));
                mlp(run, other, layer, edited, biases, n, run.written);
            }
        }
        double[][] last =
                normed(input(run, other, new Receiver.Logits(config.nLayers()), edited, biases, n), "ln_final");
        run.logits = new double[config.dVocab()];
        for (int v = 0; v < config.dVocab(); v++) {
            for (int j = 0; j < d; j++) {
                run.logits[v] += last[n - 1][j] * weights.get("unembed.W_U")[v * d + j];
            }
        }
        return run;
    }

    private void mlp(
            Run run,
            Run other,
            int layer,
            BiPredicate<Unit.Edge, Integer> edited,
            List<double[]> biases,
            int n,
            Map<Sender, double[][]> to) {
        if (config.dMlp() > 0) {
            double[][] x = input(run, other, new Receiver.MlpInput(layer), edited, biases, n);
            to.put(new Unit.Mlp(layer), think(normed(x, "blocks." + layer + ".ln2"), layer));
        }
    }

    private double[][] input(
            Run run, Run other, Receiver to, BiPredicate<Unit.Edge, Integer> edited, List<double[]> biases, int n) {
        double[][] x = new double[n][config.dModel()];
        for (int t = 0; t < n; t++) {
            for (double[] bias : biases) {
                add(x[t], bias);
            }
            for (Sender from : run.written.keySet()) {
                Run source = edited.test(new Unit.Edge(from, to), t) ? other : run;
                add(x[t], source.written.get(from)[t]);
            }
        }
        return x;
    }

    private static void add(double[] to, double[] x) {
        for (int j = 0; j < to.length; j++) {
            to[j] += x[j];
        }
    }

    private double[][] normed(double[][] x, String name) {
        if (!config.hasLayerNorm()) {
            return x;
        }
        double[] gain = weights.get(name + ".w");
        double[] bias = weights.get(name + ".b");
        double[][] y = new double[x.length][gain.length];
        for (int t = 0; t < x.length; t++) {
            double mean = 0;
            for (double value : x[t]) {
                mean += value / gain.length;
            }
            double variance = 0;
            for (double value : x[t]) {
                variance += (value - mean) * (value - mean) / gain.length;
            }
            for (int j = 0; j < gain.length; j++) {
                y[t][j] = (x[t][j] - mean) / Math.sqrt(variance + config.eps()) * gain[j] + bias[j];
            }
        }
        return y;
    }

    private double[][] project(double[][] x, int layer, int head, int port) {
        int dHead = config.dHead();
        int all = 3 * config.nHeads() * dHead;
        int from = (port * config.nHeads() + head) * dHead;
        double[] w = weights.get("blocks." + layer + ".attn.W_QKV");
        double[] b = weights.get("blocks." + layer + ".attn.b_QKV");
        double[][] y = new double[x.length][dHead];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < dHead; i++) {
                y[t][i] = b[from + i];
                for (int j = 0; j < x[t].length; j++) {
                    y[t][i] += x[t][j] * w[j * all + from + i];
                }
            }
        }
        return y;
    }

    private double[][] attend(double[][][] qkv, int layer) {
        int n = qkv[0].length;
        double[][] z = new double[n][config.dHead()];
        for (int t = 0; t < n; t++) {
            double[] weight = new double[t + 1];
            double sum = 0;
            for (int s = 0; s <= t; s++) {
                double score = 0;
                for (int i = 0; i < config.dHead(); i++) {
                    score += qkv[0][t][i] * qkv[1][s][i];
                }
                weight[s] = Math.exp(score * config.attnScales().get(layer));
                sum += weight[s];
            }
            for (int s = 0; s <= t; s++) {
                for (int i = 0; i < config.dHead(); i++) {
                    z[t][i] += weight[s] / sum * qkv[2][s][i];
                }
            }
        }
        return z;
    }

    private double[][] write(double[][] z, int layer, int head) {
        int d = config.dModel();
        double[] w = weights.get("blocks." + layer + ".attn.W_O");
        double[][] y = new double[z.length][d];
        for (int t = 0; t < z.length; t++) {
            for (int i = 0; i < config.dHead(); i++) {
                for (int j = 0; j < d; j++) {
                    y[t][j] += z[t][i] * w[(head * config.dHead() + i) * d + j];
                }
            }
        }
        return y;
    }

    private double[][] think(double[][] x, int layer) {
        String name = "blocks." + layer + ".mlp.";
        double[] in = weights.get(name + "W_in");
        double[] out = weights.get(name + "W_out");
        double[][] y = new double[x.length][];
        for (int t = 0; t < x.length; t++) {
            y[t] = weights.get(name + "b_out").clone();
            for (int i = 0; i < config.dMlp(); i++) {
                double pre = weights.get(name + "b_in")[i];
                for (int j = 0; j < x[t].length; j++) {
                    pre += x[t][j] * in[j * config.dMlp() + i];
                }
                double post = 0.5 * pre * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (pre + 0.044715 * pre * pre * pre)));
                for (int j = 0; j < y[t].length; j++) {
                    y[t][j] += post * out[i * y[t].length + j];
                }
            }
        }
        return y;
    }
}
