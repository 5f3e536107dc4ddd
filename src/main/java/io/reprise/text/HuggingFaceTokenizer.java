package io.reprise.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A tokenizer of the Hugging Face library, run by the same Rust code as in Python, through DJL. Neither truncates nor pads, whatever
 * its file says. The native library comes with DJL's jar and is unpacked into DJL's cache: {@code $DJL_CACHE_DIR}, else
 * {@code .djl.ai} in the home directory.
 */
public final class HuggingFaceTokenizer implements Tokenizer {
    static final String FILE = "tokenizer.json";

    private static final Cleaner CLEANER = Cleaner.create();
    private static final Map<String, String> AS_IT_IS =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer djl;
    private final TokenizerJson tokens;
    private final String description;

    private HuggingFaceTokenizer(Path file, TokenizerJson tokens, String description) throws IOException {
        this.tokens = tokens;
        this.description = description;
        this.djl = load(file, tokens.json());
        var closed = djl;
        CLEANER.register(this, closed::close);
    }

    /** Reads {@code file}, a tokenizer.json. */
    public static HuggingFaceTokenizer read(Path file) throws IOException {
        TokenizerJson tokens = TokenizerJson.parse(file, BpeFiles.text(file));
        return new HuggingFaceTokenizer(file, tokens, Tokenizers.describe("Hugging Face tokenizer", List.of(file)));
    }

    /** Reads vocab.json and merges.txt (and added_tokens.json, if it is there) of a byte-level BPE such as GPT-2's. */
    public static HuggingFaceTokenizer readVocabularyAndMerges(Path directory) throws IOException {
        Path vocabulary = directory.resolve(BpeFiles.VOCABULARY);
        TokenizerJson tokens = TokenizerJson.parse(vocabulary, BpeFiles.toTokenizerJson(directory));
        List<Path> files = new ArrayList<>(List.of(vocabulary, directory.resolve(BpeFiles.MERGES)));
        Path added = directory.resolve(BpeFiles.ADDED);
        if (Files.exists(added)) {
            files.add(added);
        }
        return new HuggingFaceTokenizer(vocabulary, tokens, Tokenizers.describe("byte-level BPE", files));
    }

    private static ai.djl.huggingface.tokenizers.HuggingFaceTokenizer load(Path file, String json) throws IOException {
        DjlNative.require();
        try (var in = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))) {
            return ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(in, AS_IT_IS);
        } catch (RuntimeException e) {
            throw new TokenizerFormatException(file, "is not a tokenizer that can be run: " + e.getMessage());
        }
    }

    @Override
    public int[] encode(String text) {
        TokenBytes.requireUnicode(text);
        try {
            long[] ids = djl.encode(text, false, false).getIds();
            int[] encoded = new int[ids.length];
            for (int i = 0; i < ids.length; i++) {
                encoded[i] = Math.toIntExact(ids[i]);
            }
            return encoded;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String decode(int... ids) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int i = 0; i <= ids.length; i++) {
            if (i == ids.length || !tokens.has(ids[i])) {
                text.append(known(ids, from, i));
                if (i < ids.length) {
                    text.append(token(ids[i]));
                }
                from = i + 1;
            }
        }
        return text.toString();
    }

    private String known(int[] ids, int from, int to) {
        long[] part = new long[to - from];
        for (int i = from; i < to; i++) {
            part[i - from] = ids[i];
        }
        try {
            return part.length == 0 ? "" : djl.decode(part, false);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String token(int id) {
        return tokens.token(id);
    }

    @Override
    public int size() {
        return tokens.size();
    }

    @Override
    public String description() {
        return description;
    }
}
