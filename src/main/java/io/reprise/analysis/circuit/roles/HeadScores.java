package io.reprise.analysis.circuit.roles;

import io.reprise.analysis.circuit.Unit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Scores of all heads for all roles.
 *
 * @param rule by which heads have roles
 * @param scores by role, layer, head
 * @param largest whether the model has the role at all
 */
public record HeadScores(RoleRule rule, List<HeadScore> scores, List<Largest> largest) {
    public HeadScores {
        scores = List.copyOf(scores);
        largest = List.copyOf(largest);
    }

    /**
     * The largest score of a role among all heads, against the largest of each model with random weights: holds whatever the
     * number of heads.
     *
     * @param p (1 + models at least as high) / (1 + models)
     */
    public record Largest(HeadRole role, double score, double nullMean, double p) {}

    /** The role of each head that has one, in the order of the forward pass. */
    public Map<Unit.Head, HeadRole> roles() {
        Map<Unit.Head, HeadScore> best = new LinkedHashMap<>();
        scores.stream()
                .sorted(Comparator.comparingInt(HeadScore::layer).thenComparingInt(HeadScore::head))
                .filter(this::reached)
                .forEach(score -> best.merge(
                        new Unit.Head(score.layer(), score.head()), score, (a, b) -> b.excess() > a.excess() ? b : a));
        Map<Unit.Head, HeadRole> roles = new LinkedHashMap<>();
        best.forEach((head, score) -> roles.put(head, score.role()));
        return roles;
    }

    /** All heads that a role's rule lets in, also those that another role fits better. */
    public Set<Unit.Head> heads(HeadRole role) {
        return of(role).stream()
                .filter(this::reached)
                .map(score -> new Unit.Head(score.layer(), score.head()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** A role's scores, in the order of the forward pass. */
    public List<HeadScore> of(HeadRole role) {
        return scores.stream().filter(score -> score.role() == role).toList();
    }

    private boolean reached(HeadScore score) {
        return score.role().assignable()
                && score.p() <= 1 - rule.level() + 1e-12 // 1 - 0.99 is a little off 0.01
                && score.excess() >= rule.least();
    }
}
