package io.reprise.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Training and test samples with no subject in common. */
public record RelationSplit(List<Relation.Sample> train, List<Relation.Sample> test) {
    public RelationSplit {
        train = List.copyOf(train);
        test = List.copyOf(test);
    }

    /**
     * Takes one sample of each object in turn, in the order of a keyed hash, so that training covers as many objects as it can.
     * Further samples of a training subject are in neither part.
     */
    public static RelationSplit of(Relation relation, int trainSize, long seed, int trial) {
        List<Relation.Sample> once = oncePerSubject(relation, new Membership(seed, "relation trial " + trial));
        if (trainSize < 1 || once.size() <= trainSize) {
            throw new IllegalArgumentException("relation \"" + relation.name() + "\": " + trainSize
                    + " training samples asked for, but it has " + once.size()
                    + " subjects; choose 1 to " + (once.size() - 1) + ", so that one is left to test");
        }
        List<Relation.Sample> train = ObjectCover.choose(once, trainSize);
        Set<String> taken = new LinkedHashSet<>();
        train.forEach(sample -> taken.add(sample.subject()));
        return new RelationSplit(
                train,
                relation.samples().stream()
                        .filter(sample -> !taken.contains(sample.subject()))
                        .distinct()
                        .toList());
    }

    /** Up to k training samples to show before a subject's prompt, never that subject itself. */
    public List<Relation.Sample> demonstrations(String subject, int k) {
        List<Relation.Sample> others = train.stream()
                .filter(sample -> !sample.subject().equals(subject))
                .toList();
        if (k < 0 || k > others.size()) {
            throw new IllegalArgumentException(
                    k + " demonstrations asked for, but training has " + others.size() + " other subjects");
        }
        return others.subList(0, k);
    }

    private static List<Relation.Sample> oncePerSubject(Relation relation, Membership hash) {
        Map<String, Relation.Sample> bySubject = new LinkedHashMap<>();
        relation.samples().stream()
                .sorted(Comparator.comparingDouble((Relation.Sample s) -> hash.of(s.subject() + "\0" + s.object())))
                .forEach(sample -> bySubject.putIfAbsent(sample.subject(), sample));
        return new ArrayList<>(bySubject.values());
    }
}
