package io.reprise.analysis.overlap.transport;

import io.reprise.analysis.circuit.ModelShape;
import io.reprise.analysis.circuit.Unit;
import io.reprise.analysis.circuit.Universe;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Activations;
import io.reprise.model.ModelConfig;
import io.reprise.model.Site;
import io.reprise.model.Site.Kind;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import io.reprise.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** A head or an MLP of a model, and what it writes to the residual stream. */
final class Component {
    private final Transformer model;
    private final Unit unit;

    /** @throws IllegalArgumentException if the unit is no head or MLP of this model */
    Component(Transformer model, Unit unit) {
        this.model = model;
        this.unit = unit;
        if (!(unit instanceof Unit.Head) && !(unit instanceof Unit.Mlp)) {
            throw new IllegalArgumentException(
                    "transport is between heads and MLPs, which write to the stream; " + unit.name() + " is neither");
        }
        Universe.nodes(ModelShape.of(model.config())).require(Set.of(unit));
    }

    /** Where all that writes to the stream in parallel with it is summed up. */
    Site output() {
        return Site.of(unit instanceof Unit.Head ? Kind.ATTN_OUT : Kind.MLP_OUT, unit.layer());
    }

    /** The stream just before what is written in parallel with it, and just after. */
    List<Site> ends() {
        ModelConfig config = model.config();
        boolean halves = !config.attnOnly() && !config.parallelAttnMlp();
        Site before = Site.of(halves && unit instanceof Unit.Mlp ? Kind.RESID_MID : Kind.RESID_PRE, unit.layer());
        Site after = Site.of(halves && unit instanceof Unit.Head ? Kind.RESID_MID : Kind.RESID_POST, unit.layer());
        return List.of(before, after);
    }

    /** Clean minus corrupt, per group [prompt, pos, d_model]. */
    List<Activations.Value> changes(PairSet pairs) {
        List<Activations.Value> changes = new ArrayList<>();
        for (PairSet.Group group : pairs.groups()) {
            Activations.Value clean = writes(tokens(group, PromptPair::clean));
            Activations.Value corrupt = writes(tokens(group, PromptPair::corrupt));
            double[] difference = clean.data().clone();
            for (int i = 0; i < difference.length; i++) {
                difference[i] -= corrupt.data()[i];
            }
            changes.add(Activations.Value.of(clean.shape(), difference));
        }
        return changes;
    }

    private Activations.Value writes(Tokens tokens) {
        if (unit instanceof Unit.Mlp) {
            return model.run(tokens, List.of(output())).get(output());
        }
        Site site = Site.of(Kind.RESULT, unit.layer());
        Activations.Value all = model.run(tokens, List.of(site)).get(site);
        int heads = all.shape().dim(2);
        int d = all.shape().dim(3);
        double[] own = new double[tokens.rows() * d];
        int head = ((Unit.Head) unit).head();
        for (int row = 0; row < tokens.rows(); row++) {
            System.arraycopy(all.data(), (row * heads + head) * d, own, row * d, d);
        }
        return Activations.Value.of(Shape.of(tokens.batch(), tokens.length(), d), own);
    }

    static Tokens tokens(PairSet.Group group, Function<PromptPair, List<Integer>> side) {
        int[] ids = group.pairs().stream()
                .flatMap(pair -> side.apply(pair).stream())
                .mapToInt(Integer::intValue)
                .toArray();
        return new Tokens(ids, group.pairs().size(), group.length());
    }
}
