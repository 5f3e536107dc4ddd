package io.reprise.text;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** GPT-2's tokens without any file: r50k_base of the jtokkit library, 50,256 merges and bytes and {@code <|endoftext|>}. */
public final class JtokkitTokenizer implements Tokenizer {
    /** GPT-2's vocabulary. */
    public static final int SIZE = 50_257;

    private static final int END_OF_TEXT = SIZE - 1;

    private final Encoding encoding;

    public JtokkitTokenizer() {
        this.encoding = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
    }

    @Override
    public int[] encode(String text) {
        TokenBytes.requireUnicode(text);
        IntArrayList ids = new IntArrayList();
        int from = 0;
        for (int end; (end = text.indexOf(BpeFiles.END_OF_TEXT, from)) >= 0; ) {
            add(ids, text.substring(from, end));
            ids.add(END_OF_TEXT);
            from = end + BpeFiles.END_OF_TEXT.length();
        }
        add(ids, text.substring(from));
        return ids.toArray();
    }

    private void add(IntArrayList ids, String ordinary) {
        IntArrayList more = encoding.encodeOrdinary(ordinary);
        for (int i = 0; i < more.size(); i++) {
            ids.add(more.get(i));
        }
    }

    @Override
    public String decode(int... ids) {
        // bytes first: a character may be spread over several tokens
        var bytes = new ByteArrayOutputStream();
        for (int id : ids) {
            bytes.writeBytes(id < SIZE ? bytes(id) : token(id).getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Override
    public String token(int id) {
        return id < 0 || id >= SIZE ? TokenBytes.unused(id) : TokenBytes.shown(bytes(id));
    }

    private byte[] bytes(int id) {
        IntArrayList one = new IntArrayList(1);
        one.add(id);
        return encoding.decodeBytes(one);
    }

    @Override
    public int size() {
        return SIZE;
    }

    @Override
    public String description() {
        return "GPT-2's tokens (r50k_base of jtokkit)";
    }
}
