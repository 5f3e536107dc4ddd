package io.reprise.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Collects what is wrong; misspelt keys come first, since they are often the cause of the rest. */
final class Problems {
    private final Function<String, String> origin;
    private final List<String> misspelt = new ArrayList<>();
    private final List<String> others = new ArrayList<>();

    /** @param origin from a path to where it was written, in words; empty if that goes without saying */
    Problems(Function<String, String> origin) {
        this.origin = origin;
    }

    void unknown(String path, String text) {
        misspelt.add(path + ": " + text + origin.apply(path));
    }

    void add(String path, String text) {
        others.add((path.isEmpty() ? "" : path + ": ") + text + origin.apply(path));
    }

    /** A line that already names its key. */
    void line(String path, String text) {
        others.add(text + origin.apply(path));
    }

    int size() {
        return misspelt.size() + others.size();
    }

    List<String> all() {
        var all = new ArrayList<>(misspelt);
        all.addAll(others);
        return all;
    }
}
