package io.reprise.data;

import io.reprise.text.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Vocabulary, disjoint splits, and everything that tells how hard they are. */
public final class Dataset {
    private final Vocabulary vocabulary;
    private final Map<Split, List<Example>> splits;
    private final Determinacy determinacy;
    private final List<String> notes;

    Dataset(Vocabulary vocabulary, Map<Split, List<Example>> splits, Determinacy determinacy, List<String> notes) {
        this.vocabulary = vocabulary;
        this.splits = new EnumMap<>(splits);
        this.splits.replaceAll((split, examples) -> List.copyOf(examples));
        this.determinacy = determinacy;
        this.notes = List.copyOf(notes);
    }

    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The splits that have examples; held_out only if asked for. */
    public Set<Split> splits() {
        return java.util.Collections.unmodifiableSet(splits.keySet());
    }

    /** In an order that depends on nothing but content and data seed; empty if there is no such split. */
    public List<Example> examples(Split split) {
        return splits.getOrDefault(split, List.of());
    }

    /** Tokens in the longest example: the least n_ctx. */
    public int maxLength() {
        return splits.values().stream()
                .flatMap(List::stream)
                .mapToInt(Example::length)
                .max()
                .orElse(0);
    }

    /** Id that fills batches up; 0 where all sequences have one length and the vocabulary therefore no padding token. */
    public int padId() {
        return vocabulary.find(Vocabulary.PAD).orElse(0);
    }

    /** Which positions have only one right answer, and what is the best that can be reached at the others. */
    public Determinacy determinacy() {
        return determinacy;
    }

    public Overlaps overlaps(Split split) {
        return OverlapCounter.count(examples(Split.TRAIN), examples(split), vocabulary);
    }

    /** Baseline counted from training only: {@code order} 2 for bigrams, 3 for trigrams. */
    public KGram kGram(int order) {
        return KGram.count(examples(Split.TRAIN), order);
    }

    /** Steps that occur in training. */
    public Steps trainingSteps() {
        return Steps.of(examples(Split.TRAIN));
    }

    /** SHA-256 over the token strings of the split's examples in their order, in hexadecimal. */
    public String digest(Split split) {
        MessageDigest digest = sha256();
        for (Example example : examples(split)) {
            List<String> words = new ArrayList<>();
            for (int token : example.raw()) {
                words.add(vocabulary.token(token));
            }
            digest.update((String.join("\u001f", words) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Sentences that the reader of a result should know. */
    public List<String> notes() {
        return notes;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
