package io.reprise.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

class TokenizerLawsTest {
    private static final Tokenizer GPT2 = new JtokkitTokenizer();
    private static final Tokenizer BPE = open("bpe");
    private static final Tokenizer FILES = open("bpe-files");

    private static Tokenizer open(String name) {
        try {
            return Tokenizers.open(PythonTokenizers.directory(name), 400, false);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Property(tries = 300)
    void byteLevelTokenizersDecodeWhatTheyEncode(@ForAll("texts") String text) {
        for (Tokenizer tokenizer : List.of(GPT2, BPE, FILES)) {
            int[] ids = tokenizer.encode(text);
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
            assertThat(Arrays.stream(ids)).allMatch(id -> id >= 0 && id < tokenizer.size());
        }
        assertThat(BPE.encode(text)).isEqualTo(FILES.encode(text));
    }

    @Property(tries = 100)
    void aSpecialTokenCutsTheText(@ForAll("texts") String before, @ForAll("texts") String after) {
        for (Tokenizer tokenizer : List.of(GPT2, BPE)) {
            int[] first = tokenizer.encode(before);
            int[] both = tokenizer.encode(before + "<|endoftext|>" + after);
            int[] last = tokenizer.encode(after);
            assertThat(both).hasSize(first.length + 1 + last.length);
            assertThat(Arrays.copyOf(both, first.length)).isEqualTo(first);
            assertThat(Arrays.copyOfRange(both, first.length + 1, both.length)).isEqualTo(last);
            assertThat(tokenizer.token(both[first.length])).isEqualTo("<|endoftext|>");
        }
    }

    /** Unicode text: letters, spaces and line ends often, anything but halves of surrogate pairs. */
    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> common =
                Arbitraries.of(" ", "  ", "\n", "\t", "'s", "one", " two", "12", "é", "\u65e5", "🙂", "a");
        Arbitrary<String> any = Arbitraries.integers()
                .between(0, Character.MAX_CODE_POINT)
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .map(Character::toString);
        return Arbitraries.frequencyOf(Tuple.of(3, common), Tuple.of(1, any))
                .list()
                .ofMaxSize(24)
                .map(parts -> String.join("", parts));
    }
}
