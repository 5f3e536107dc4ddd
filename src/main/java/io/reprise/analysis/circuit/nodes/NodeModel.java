package io.reprise.analysis.circuit.nodes;

import io.reprise.analysis.circuit.Ablation;
import io.reprise.analysis.circuit.Metric;
import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Readout;
import io.reprise.analysis.circuit.TaskModel;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Activations;
import io.reprise.model.Intervention;
import io.reprise.model.Site;
import io.reprise.model.Site.Kind;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A model of whose heads and MLPs only some are left as they are. */
public final class NodeModel implements TaskModel {
    private final Transformer model;
    private final PairSet pairs;
    private final Metric metric;
    private final Ablation ablation;
    private final Universe universe;
    private final List<Map<Site, Intervention.Edit>> replacements;
    private final double[][] full;

    public NodeModel(Transformer model, PairSet pairs, Metric metric, Ablation ablation) {
        this.model = model;
        this.pairs = pairs;
        this.metric = metric;
        this.ablation = ablation;
        this.universe = Universe.nodes(ModelShape.of(model.config()));
        this.replacements = pairs.groups().stream().map(this::replacements).toList();
        this.full = clean();
    }

    @Override
    public Universe universe() {
        return universe;
    }

    @Override
    public PairSet pairs() {
        return pairs;
    }

    @Override
    public Metric metric() {
        return metric;
    }

    @Override
    public Ablation ablation() {
        return ablation;
    }

    @Override
    public double[] values(Set<Unit> kept) {
        double[][] logits = logits(kept);
        List<PromptPair> prompts = pairs.pairs();
        return IntStream.range(0, logits.length)
                .mapToDouble(i -> Readout.value(metric, prompts.get(i), logits[i], full[i]))
                .toArray();
    }

    @Override
    public double[][] logits(Set<Unit> kept) {
        universe.require(kept);
        boolean denoising = ablation.direction() == Ablation.Direction.DENOISING;
        Set<Unit> edited = new HashSet<>(denoising ? kept : universe.units());
        if (!denoising) {
            edited.removeAll(kept);
        }
        List<double[]> rows = new ArrayList<>();
        for (int g = 0; g < replacements.size(); g++) {
            PairSet.Group group = pairs.groups().get(g);
            rows.addAll(last(
                    group,
                    denoising ? PromptPair::corrupt : PromptPair::clean,
                    edits(edited, group, replacements.get(g))));
        }
        return rows.toArray(double[][]::new);
    }

    private double[][] clean() {
        List<double[]> rows = new ArrayList<>();
        pairs.groups().forEach(group -> rows.addAll(last(group, PromptPair::clean, List.of())));
        return rows.toArray(double[][]::new);
    }

    private List<double[]> last(
            PairSet.Group group, Function<PromptPair, List<Integer>> side, List<Intervention> edits) {
        Site site = Site.of(Kind.LOGITS);
        Activations.Value logits =
                model.run(tokens(group, side), List.of(site), edits).get(site);
        int vocabulary = model.config().dVocab();
        List<double[]> rows = new ArrayList<>();
        for (int i = 0; i < group.pairs().size(); i++) {
            double[] row = new double[vocabulary];
            for (int token = 0; token < vocabulary; token++) {
                row[token] = logits.at(i, group.length() - 1, token);
            }
            rows.add(row);
        }
        return rows;
    }

    private List<Intervention> edits(Set<Unit> edited, PairSet.Group group, Map<Site, Intervention.Edit> values) {
        Set<Integer> positions = ablation.positions().isEmpty()
                ? Set.of()
                : IntStream.range(0, group.length())
                        .filter(i -> ablation.positions().contains(group.roles().get(i)))
                        .boxed()
                        .collect(Collectors.toSet());
        if (!ablation.positions().isEmpty() && positions.isEmpty()) {
            return List.of();
        }
        List<Intervention> edits = new ArrayList<>();
        for (int layer = 0; layer < universe.shape().nLayers(); layer++) {
            int at = layer;
            Set<Integer> heads = edited.stream()
                    .filter(unit -> unit instanceof Unit.Head head && head.layer() == at)
                    .map(unit -> ((Unit.Head) unit).head())
                    .collect(Collectors.toSet());
            if (!heads.isEmpty()) {
                Site site = Site.of(Kind.Z, layer);
                edits.add(new Intervention(site, positions, heads, values.get(site)));
            }
            if (edited.contains(new Unit.Mlp(layer))) {
                Site site = Site.of(Kind.MLP_OUT, layer);
                edits.add(new Intervention(site, positions, Set.of(), values.get(site)));
            }
        }
        return edits;
    }

    private Map<Site, Intervention.Edit> replacements(PairSet.Group group) {
        List<Site> sites = new ArrayList<>();
        for (int layer = 0; layer < universe.shape().nLayers(); layer++) {
            sites.add(Site.of(Kind.Z, layer));
            if (universe.shape().hasMlps()) {
                sites.add(Site.of(Kind.MLP_OUT, layer));
            }
        }
        Map<Site, Intervention.Edit> edits = new HashMap<>();
        if (ablation.kind() == Ablation.Kind.ZERO || sites.isEmpty()) {
            sites.forEach(site -> edits.put(site, Intervention.Edit.ZERO));
            return edits;
        }
        boolean denoising = ablation.direction() == Ablation.Direction.DENOISING;
        Activations other = model.run(tokens(group, denoising ? PromptPair::clean : PromptPair::corrupt), sites);
        for (Site site : sites) {
            edits.put(
                    site,
                    ablation.kind() == Ablation.Kind.MEAN
                            ? mean(other.get(site), group.pairs().size())
                            : Intervention.Edit.from(other.get(site)));
        }
        return edits;
    }

    private static Intervention.Edit mean(Activations.Value value, int sequences) {
        boolean heads = value.shape().rank() == 4;
        return (sequence, position, head, vector) -> {
            for (int i = 0; i < vector.length; i++) {
                double sum = 0;
                for (int s = 0; s < sequences; s++) {
                    sum += heads ? value.at(s, position, head, i) : value.at(s, position, i);
                }
                vector[i] = sum / sequences;
            }
        };
    }

    private static Tokens tokens(PairSet.Group group, Function<PromptPair, List<Integer>> side) {
        int[] ids = group.pairs().stream()
                .flatMap(pair -> side.apply(pair).stream())
                .mapToInt(Integer::intValue)
                .toArray();
        return new Tokens(ids, group.pairs().size(), group.length());
    }
}
