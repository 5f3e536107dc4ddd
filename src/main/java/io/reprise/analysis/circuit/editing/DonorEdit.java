package io.reprise.analysis.circuit.editing;

import io.reprise.analysis.circuit.Unit;
import io.reprise.data.PairSet;
import io.reprise.data.PromptPair;
import io.reprise.model.Activations;
import io.reprise.model.Intervention;
import io.reprise.model.Intervention.Edit;
import io.reprise.model.Site;
import io.reprise.model.Site.Kind;
import io.reprise.model.Tokens;
import io.reprise.model.Transformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Redirects a circuit by a donor: at the last position the chosen heads act as in the corrupt partner of each prompt, whose
 * answer is the wanted wrong one. All else is computed from the clean prompt, the edits below included.
 */
public final class DonorEdit implements Variant {
    /** What comes from the donor. */
    public enum What {
        /** The heads' outputs z. */
        OUTPUTS,
        /** Where the heads look: queries and keys; what they find there is the clean prompt's. */
        PATTERNS,
        /** What the heads find where they look: values; where they look is the clean prompt's. */
        VALUES;

        /** As in YAML and JSON. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Transformer model;
    private final Set<Unit.Head> heads;
    private final What what;

    public DonorEdit(Transformer model, Set<Unit.Head> heads, What what) {
        this.model = model;
        this.heads = Set.copyOf(heads);
        this.what = what;
    }

    @Override
    public double[][] logits(PairSet pairs) {
        return LastLogits.of(model, pairs, this::edits);
    }

    private List<Intervention> edits(PairSet.Group group) {
        List<Kind> kinds =
                switch (what) {
                    case OUTPUTS -> List.of(Kind.Z);
                    case PATTERNS -> List.of(Kind.Q, Kind.K);
                    case VALUES -> List.of(Kind.V);
                };
        Map<Integer, Set<Integer>> byLayer = Heads.byLayer(heads);
        List<Site> sites = byLayer.keySet().stream()
                .flatMap(layer -> kinds.stream().map(kind -> Site.of(kind, layer)))
                .toList();
        if (sites.isEmpty()) {
            return List.of();
        }
        Activations donor = model.run(LastLogits.tokens(group, PromptPair::corrupt), sites);
        Tokens clean = LastLogits.tokens(group, PromptPair::clean);
        Set<Integer> last = Set.of(group.length() - 1);
        List<Intervention> edits = new ArrayList<>();
        byLayer.forEach((layer, chosen) -> {
            Site z = Site.of(Kind.Z, layer);
            Activations.Value value = what == What.OUTPUTS
                    ? donor.get(z)
                    : model.run(clean, List.of(z), with(edits, donor, kinds, layer, chosen))
                            .get(z);
            // Other positions keep their z: only the last one's look at the donor's keys or values.
            edits.add(new Intervention(z, last, chosen, Edit.from(value)));
        });
        return edits;
    }

    private static List<Intervention> with(
            List<Intervention> below, Activations donor, List<Kind> kinds, int layer, Set<Integer> chosen) {
        List<Intervention> all = new ArrayList<>(below);
        for (Kind kind : kinds) {
            Site site = Site.of(kind, layer);
            all.add(new Intervention(site, Set.of(), chosen, Edit.from(donor.get(site))));
        }
        return all;
    }
}
