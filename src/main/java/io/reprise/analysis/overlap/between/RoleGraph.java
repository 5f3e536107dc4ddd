package io.reprise.analysis.overlap.between;

import io.reprise.analysis.circuit.Receiver;
import io.reprise.analysis.circuit.Unit;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A circuit with every component replaced by its role: the share of attributed effect that runs from one role to another. Depth and
 * numbers of heads drop out, so that an algorithm that moved to other heads stays itself (Tigges et al. 2024).
 *
 * @param shares of the whole, by sending and then receiving role; they sum to 1
 */
public record RoleGraph(Map<String, Map<String, Double>> shares) {
    /** The role of components that no detector named. */
    public static final String OTHER = "other";

    private static final String EMBEDDING = "embed";
    private static final String LOGITS = "logits";

    public RoleGraph {
        Map<String, Map<String, Double>> sorted = new TreeMap<>();
        shares.forEach((from, row) -> sorted.put(from, Collections.unmodifiableMap(new TreeMap<>(row))));
        shares = Collections.unmodifiableMap(sorted);
    }

    /**
     * @param roles of heads and MLPs; who has none is {@value #OTHER}
     * @param edges attributed effect, edge by edge; signs don't count
     * @return empty if nothing is attributed to any edge
     */
    public static Optional<RoleGraph> of(Map<Unit, String> roles, Map<Unit, Double> edges) {
        Map<String, Map<String, Double>> masses = new TreeMap<>();
        double sum = 0;
        for (Map.Entry<Unit, Double> entry : edges.entrySet()) {
            if (!(entry.getKey() instanceof Unit.Edge edge)) {
                throw new IllegalArgumentException(
                        entry.getKey().name() + " is no edge; a role graph needs scores of edges");
            }
            double mass = Math.abs(entry.getValue());
            if (!Double.isFinite(mass)) {
                throw new IllegalArgumentException("edge " + edge.name() + " has the score " + entry.getValue());
            }
            sum += mass;
            if (mass > 0) {
                String from = edge.from() instanceof Unit unit ? role(roles, unit) : EMBEDDING;
                masses.computeIfAbsent(from, key -> new TreeMap<>()).merge(role(roles, edge.to()), mass, Double::sum);
            }
        }
        if (sum == 0) {
            return Optional.empty();
        }
        double whole = sum;
        masses.values().forEach(row -> row.replaceAll((to, mass) -> mass / whole));
        return Optional.of(new RoleGraph(masses));
    }

    /** 1 − the Jensen-Shannon divergence in bits: 1 for equal graphs, 0 for graphs without a common pair of roles. */
    public double similarity(RoleGraph other) {
        double divergence = 0;
        Set<String> senders = new TreeSet<>(shares.keySet());
        senders.addAll(other.shares.keySet());
        for (String from : senders) {
            Set<String> receivers = new TreeSet<>(row(from).keySet());
            receivers.addAll(other.row(from).keySet());
            for (String to : receivers) {
                double mine = row(from).getOrDefault(to, 0.0);
                double theirs = other.row(from).getOrDefault(to, 0.0);
                double middle = (mine + theirs) / 2;
                divergence += (part(mine, middle) + part(theirs, middle)) / 2;
            }
        }
        return Math.max(0, Math.min(1, 1 - divergence / Math.log(2)));
    }

    private Map<String, Double> row(String from) {
        return shares.getOrDefault(from, Map.of());
    }

    private static double part(double share, double middle) {
        return share > 0 ? share * Math.log(share / middle) : 0;
    }

    private static String role(Map<Unit, String> roles, Unit unit) {
        return roles.getOrDefault(unit, OTHER);
    }

    private static String role(Map<Unit, String> roles, Receiver receiver) {
        if (receiver instanceof Receiver.HeadInput input) {
            return role(roles, new Unit.Head(input.layer(), input.head()));
        }
        return receiver instanceof Receiver.MlpInput mlp ? role(roles, new Unit.Mlp(mlp.layer())) : LOGITS;
    }
}
