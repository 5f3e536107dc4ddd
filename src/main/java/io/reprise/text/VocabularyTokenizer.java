package io.reprise.text;

import java.nio.charset.StandardCharsets;

/** A toy's vocabulary as a tokenizer: tokens stand in the text separated by blanks. */
public final class VocabularyTokenizer implements Tokenizer {
    private final Vocabulary vocabulary;
    private final String description;

    public VocabularyTokenizer(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        byte[] tokens = String.join("\n", vocabulary.tokens()).getBytes(StandardCharsets.UTF_8);
        this.description = "vocabulary of " + vocabulary.size() + " tokens (sha256 of its lines "
                + Tokenizers.sha256(tokens) + ")";
    }

    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public int[] encode(String text) {
        return vocabulary.encode(text);
    }

    @Override
    public String decode(int... ids) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < ids.length; i++) {
            text.append(i == 0 ? "" : " ").append(token(ids[i]));
        }
        return text.toString();
    }

    @Override
    public String token(int id) {
        return id < 0 || id >= vocabulary.size() ? TokenBytes.unused(id) : vocabulary.token(id);
    }

    @Override
    public int size() {
        return vocabulary.size();
    }

    @Override
    public String description() {
        return description;
    }
}
