package io.reprise.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What Python's tokenizers make of the texts of make_tokenizers.py. */
final class PythonTokenizers {
    private PythonTokenizers() {}

    static final class Case {
        final String text;
        final int[] ids;
        final String decoded;

        Case(JsonNode json) {
            text = json.get("text").textValue();
            ids = IntStream.range(0, json.get("ids").size())
                    .map(i -> json.get("ids").get(i).intValue())
                    .toArray();
            decoded = json.get("decoded").textValue();
        }
    }

    static Path directory(String name) {
        try {
            return Path.of(PythonTokenizers.class.getResource("/tokenizers").toURI())
                    .resolve(name);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<Case> cases(String tokenizer) {
        try {
            JsonNode all =
                    new ObjectMapper().readTree(directory("expected.json").toFile());
            return StreamSupport.stream(all.get(tokenizer).spliterator(), false).map(Case::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
