package io.reprise.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What a model directory holds, as a digest: the names and bytes of its configs, weights and token files. */
final class ModelDigest {
    /** Its name among a run's digests. */
    static final String KEY = "model";

    private static final int LENGTH = 16;
    private static final int BUFFER = 1 << 16;

    private ModelDigest() {}

    /** The first half of SHA-256, in hexadecimal. @throws IOException if the directory cannot be read */
    static String of(Path directory) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
        byte[] buffer = new byte[BUFFER];
        for (Path file : files(directory)) {
            digest.update((file.getFileName() + "\n" + Files.size(file) + "\n").getBytes(StandardCharsets.UTF_8));
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                while (in.read(buffer) >= 0) {
                    // the stream digests what is read
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest(), 0, LENGTH);
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(json|safetensors|bin|txt)"))
                    .sorted()
                    .toList();
        }
    }
}
