package io.reprise.analysis.circuit.nodes;

import io.reprise.analysis.circuit.Ablation;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Ablation by {@link Transformer#run} with one intervention per unit: slow, and another way than the engine's. */
final class Interventions {
    private final Transformer model;
    private final PairSet pairs;
    private final Ablation ablation;
    private final Universe universe;

    Interventions(Transformer model, PairSet pairs, Ablation ablation, Universe universe) {
        this.model = model;
        this.pairs = pairs;
        this.ablation = ablation;
        this.universe = universe;
    }

    /** [prompt, d_vocab], at the last position. */
    double[][] logits(Set<Unit> kept) {
        boolean denoising = ablation.direction() == Ablation.Direction.DENOISING;
        List<Unit> edited = universe.units().stream()
                .filter(unit -> kept.contains(unit) == denoising)
                .toList();
        List<double[]> rows = new ArrayList<>();
        for (PairSet.Group group : pairs.groups()) {
            Tokens live = tokens(group, denoising ? PromptPair::corrupt : PromptPair::clean);
            Tokens other = tokens(group, denoising ? PromptPair::clean : PromptPair::corrupt);
            Set<Site> sites = edited.stream().map(Interventions::site).collect(Collectors.toSet());
            Activations values = model.run(other, sites);
            List<Intervention> interventions = edited.stream()
                    .flatMap(unit -> intervention(unit, group, values.get(site(unit))).stream())
                    .toList();
            rows.addAll(last(live, interventions));
        }
        return rows.toArray(double[][]::new);
    }

    private List<double[]> last(Tokens tokens, List<Intervention> interventions) {
        Site site = Site.of(Kind.LOGITS);
        Activations.Value logits =
                model.run(tokens, List.of(site), interventions).get(site);
        return IntStream.range(0, tokens.batch())
                .mapToObj(i -> IntStream.range(0, model.config().dVocab())
                        .mapToDouble(token -> logits.at(i, tokens.length() - 1, token))
                        .toArray())
                .toList();
    }

    private static Site site(Unit unit) {
        Kind kind;
        if (unit instanceof Unit.Channel channel) {
            kind = Kind.valueOf(channel.port().name());
        } else if (unit instanceof Unit.Neuron) {
            kind = Kind.MLP_POST;
        } else {
            kind = unit instanceof Unit.Head ? Kind.Z : Kind.MLP_OUT;
        }
        return Site.of(kind, unit.layer());
    }

    private Optional<Intervention> intervention(Unit unit, PairSet.Group group, Activations.Value other) {
        Set<Integer> positions = IntStream.range(0, group.length())
                .filter(i -> ablation.positions().isEmpty()
                        || ablation.positions().contains(group.roles().get(i)))
                .filter(i -> !(unit instanceof Unit.Channel channel)
                        || channel.role().equals(group.roles().get(i)))
                .boxed()
                .collect(Collectors.toSet());
        if (positions.isEmpty()) {
            return Optional.empty();
        }
        Set<Integer> heads = Set.of();
        Intervention.Edit edit = edit(other);
        if (unit instanceof Unit.Head head) {
            heads = Set.of(head.head());
        } else if (unit instanceof Unit.Channel channel) {
            heads = Set.of(channel.head());
        } else if (unit instanceof Unit.Neuron neuron) {
            edit = (sequence, position, head, vector) -> {
                double[] replaced = vector.clone();
                edit(other).apply(sequence, position, head, replaced);
                vector[neuron.neuron()] = replaced[neuron.neuron()];
            };
        }
        return Optional.of(new Intervention(site(unit), positions, heads, edit));
    }

    private Intervention.Edit edit(Activations.Value other) {
        return switch (ablation.kind()) {
            case ZERO -> Intervention.Edit.ZERO;
            case RESAMPLE -> Intervention.Edit.from(other);
            case MEAN ->
                (sequence, position, head, vector) -> {
                    int sequences = other.shape().dim(0);
                    for (int i = 0; i < vector.length; i++) {
                        double sum = 0;
                        for (int s = 0; s < sequences; s++) {
                            sum += other.shape().rank() == 4
                                    ? other.at(s, position, head, i)
                                    : other.at(s, position, i);
                        }
                        vector[i] = sum / sequences;
                    }
                };
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
