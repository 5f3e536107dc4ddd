package io.reprise.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Round after round, one sample of every object. */
final class ObjectCover {
    private ObjectCover() {}

    static List<Relation.Sample> choose(List<Relation.Sample> samples, int count) {
        Map<String, List<Relation.Sample>> byObject = new LinkedHashMap<>();
        samples.forEach(s ->
                byObject.computeIfAbsent(s.object(), o -> new ArrayList<>()).add(s));
        List<Relation.Sample> chosen = new ArrayList<>();
        for (int round = 0; chosen.size() < Math.min(count, samples.size()); round++) {
            for (List<Relation.Sample> group : byObject.values()) {
                if (round < group.size() && chosen.size() < count) {
                    chosen.add(group.get(round));
                }
            }
        }
        return chosen;
    }
}
