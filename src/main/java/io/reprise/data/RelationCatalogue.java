package io.reprise.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The relations of a directory and all below it, by name. */
public final class RelationCatalogue {
    private final Map<String, Relation> byName = new TreeMap<>();

    public RelationCatalogue(Path directory, RelationFile.Subjects subjects) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new IllegalArgumentException(directory + " is no directory; give one that holds relation files");
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            Relation relation = RelationFile.read(file, subjects);
            if (byName.put(relation.name(), relation) != null) {
                throw new IllegalArgumentException(
                        file + ": a second relation named \"" + relation.name() + "\"; rename one");
            }
        }
    }

    public List<Relation> all() {
        return List.copyOf(byName.values());
    }

    public Relation find(String name) {
        Relation found = byName.get(name);
        if (found == null) {
            throw new IllegalArgumentException("relation \"" + name + "\" is unknown; nearest: "
                    + NearestName.of(name, byName.keySet()) + "; known: " + String.join(", ", byName.keySet()));
        }
        return found;
    }
}
