package io.reprise.analysis.probe;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Labelled examples in three disjoint parts. A group belongs to a part by a keyed hash of its name, so membership depends neither
 * on the order of the file nor on what else is in it. No group and no token sequence is in two parts; that is checked, not
 * assumed.
 */
public final class ProbeData {
    /** Fewer examples of a class than this say nothing about it. */
    public static final int LEAST_PER_LABEL = 4;

    private final List<String> classes;
    private final Map<Part, List<LabelledExample>> parts;

    /**
     * How much of the examples each part gets, in expectation.
     *
     * @param validation share that ends the fit
     * @param test share that is scored
     */
    public record Shares(double validation, double test) {
        public Shares {
            if (!(validation > 0 && test > 0 && validation + test < 1)) {
                throw new IllegalArgumentException("validation = " + validation + " and test = " + test
                        + "; expected positive shares that leave something to train on");
            }
        }

        public static Shares defaults() {
            return new Shares(0.2, 0.3);
        }
    }

    private ProbeData(Map<Part, List<LabelledExample>> parts, List<String> classes) {
        this.parts = parts;
        this.classes = classes;
    }

    /**
     * @param seed another seed draws other parts
     * @throws IllegalArgumentException if there are fewer than two labels, a label with too few examples, or a part that lacks a
     *     label
     */
    public static ProbeData split(List<LabelledExample> examples, Shares shares, long seed) {
        checkLabels(examples);
        Map<Part, List<LabelledExample>> parts = empty();
        for (LabelledExample example : examples) {
            double place = place(example.group(), seed);
            Part part = place < shares.test()
                    ? Part.TEST
                    : place < shares.test() + shares.validation() ? Part.VALIDATION : Part.TRAIN;
            parts.get(part).add(example);
        }
        return of(parts);
    }

    /**
     * Parts chosen by somebody else.
     *
     * @throws IllegalArgumentException if they are not disjoint, naming two examples that show it; and as {@link #split}
     */
    public static ProbeData of(Map<Part, List<LabelledExample>> parts) {
        Map<Part, List<LabelledExample>> own = empty();
        parts.forEach((part, examples) -> own.get(part).addAll(examples));
        List<LabelledExample> all = own.values().stream().flatMap(List::stream).toList();
        checkLabels(all);
        checkDisjoint(own);
        List<String> classes = List.copyOf(
                new TreeSet<>(all.stream().map(LabelledExample::label).toList()));
        own.forEach((part, examples) -> checkPart(part, examples, classes));
        own.replaceAll((part, examples) -> List.copyOf(examples));
        return new ProbeData(own, classes);
    }

    /** The labels, sorted; a class's number is its place here. */
    public List<String> classes() {
        return classes;
    }

    public List<LabelledExample> examples(Part part) {
        return parts.get(part);
    }

    /** Class numbers of a part's examples, in their order. */
    public int[] labels(Part part) {
        return examples(part).stream()
                .mapToInt(example -> classes.indexOf(example.label()))
                .toArray();
    }

    /** How many examples of each class a part has. */
    public Map<String, Integer> counts(Part part) {
        Map<String, Integer> counts = new TreeMap<>();
        examples(part).forEach(example -> counts.merge(example.label(), 1, Integer::sum));
        return counts;
    }

    private static Map<Part, List<LabelledExample>> empty() {
        Map<Part, List<LabelledExample>> parts = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            parts.put(part, new ArrayList<>());
        }
        return parts;
    }

    private static void checkLabels(List<LabelledExample> examples) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("there are no examples; a probe needs some of each of two labels");
        }
        Map<String, Integer> counts = new TreeMap<>();
        examples.forEach(example -> counts.merge(example.label(), 1, Integer::sum));
        if (counts.size() < 2) {
            throw new IllegalArgumentException("all " + examples.size() + " examples have the label \""
                    + examples.get(0).label() + "\"; a probe needs at least two labels");
        }
        counts.forEach((label, count) -> {
            if (count < LEAST_PER_LABEL) {
                throw new IllegalArgumentException("label \"" + label + "\" has " + count + " example"
                        + (count == 1 ? "" : "s") + ", expected at least " + LEAST_PER_LABEL
                        + "; give more of it or leave it out");
            }
        });
    }

    private static void checkPart(Part part, List<LabelledExample> examples, List<String> classes) {
        List<String> missing = new ArrayList<>(classes);
        examples.forEach(example -> missing.remove(example.label()));
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("the " + part.key() + " part (" + examples.size()
                    + " examples) has none with the label \"" + missing.get(0)
                    + "\"; give more examples or groups of it, a larger share, or another split seed");
        }
    }

    private static void checkDisjoint(Map<Part, List<LabelledExample>> parts) {
        Map<String, Part> groups = new HashMap<>();
        Map<String, Part> contents = new HashMap<>();
        parts.forEach((part, examples) -> examples.forEach(example -> {
            claim(groups, example.group(), part, example, "group " + example.group());
            claim(contents, Arrays.toString(example.tokens()), part, example, "its token sequence");
        }));
    }

    private static void claim(Map<String, Part> taken, String key, Part part, LabelledExample example, String what) {
        Part other = taken.putIfAbsent(key, part);
        if (other != null && other != part) {
            throw new IllegalArgumentException(example.where() + " is in the " + part.key() + " part, and " + what
                    + " is in the " + other.key() + " part, too; a probe is tested on what it was not fitted to."
                    + " Put them into one part, or give equal sequences one group");
        }
    }

    /** Uniform over groups in [0, 1). */
    private static double place(String group, long seed) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(seed).array());
            digest.update("probe\0".getBytes(StandardCharsets.UTF_8));
            byte[] hash = digest.digest(group.getBytes(StandardCharsets.UTF_8));
            return (ByteBuffer.wrap(hash).getLong() >>> 11) * 0x1.0p-53;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
