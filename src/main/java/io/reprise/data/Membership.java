package io.reprise.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A keyed hash of content, as a number in 0..1: who draws the content, and with which seed, makes no difference. */
final class Membership {
    private final byte[] key;
    private final MessageDigest digest = Dataset.sha256();

    Membership(long seed, String purpose) {
        byte[] name = purpose.getBytes(StandardCharsets.UTF_8);
        key = ByteBuffer.allocate(Long.BYTES + name.length + 1)
                .putLong(seed)
                .put(name)
                .array(); // closed by a zero byte
    }

    /** Uniform over contents in [0, 1), with 53 bits. */
    double of(String content) {
        digest.update(key);
        byte[] hash = digest.digest(content.getBytes(StandardCharsets.UTF_8));
        return (ByteBuffer.wrap(hash).getLong() >>> 11) * 0x1.0p-53;
    }
}
