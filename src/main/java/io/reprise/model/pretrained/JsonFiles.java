package io.reprise.model.pretrained;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** JSON for people: indented, keys in the order given, the same bytes on every system. */
final class JsonFiles {
    private static final ObjectWriter WRITER =
            new ObjectMapper().writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

    private JsonFiles() {}

    static void write(Path file, Map<String, Object> object) throws IOException {
        Files.writeString(file, WRITER.writeValueAsString(object) + "\n");
    }
}
