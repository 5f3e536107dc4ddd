package io.reprise.model.pretrained;

import io.reprise.model.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;

/**
 * Tells models apart: SHA-256 over what the config means and over every tensor that the model uses, in the order of their names –
 * name (without the family's prefix), shape, element type, bytes. Of a tensor above 256 KiB {@value #BLOCKS} evenly spaced
 * blocks of {@value #BLOCK_BYTES} bytes stand for all, the first and the last bytes among them, so that 40 GB take seconds. It is
 * the same however the tensors are spread over files; another fine-tune, or another element type, has another one.
 */
final class Fingerprint {
    private static final int BLOCKS = 64;
    private static final int BLOCK_BYTES = 4096;

    private final MessageDigest digest;

    private Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** In hexadecimal. */
    static String of(ModelConfig config, SortedSet<String> tensors, NamedWeights weights) throws IOException {
        Fingerprint fingerprint = new Fingerprint();
        fingerprint.line("reprise fingerprint 1");
        fingerprint.config(config);
        for (String tensor : tensors) {
            fingerprint.tensor(tensor, weights);
        }
        return HexFormat.of().formatHex(fingerprint.digest.digest());
    }

    private void line(String text) {
        digest.update((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Not the file's text: a key more that changes nothing is the same model. */
    private void config(ModelConfig c) {
        line("n_layers " + c.nLayers());
        line("d_model " + c.dModel());
        line("heads " + c.nHeads() + " x " + c.dHead());
        line("d_mlp " + c.dMlp());
        line("d_vocab " + c.dVocab());
        line("n_ctx " + c.nCtx());
        line("act_fn " + c.actFn());
        line("normalization " + c.normalization() + " " + bits(List.of(c.eps())));
        line("positions " + c.positions() + " " + c.rotaryDim() + " " + bits(List.of(c.rotaryBase())));
        line("parallel_attn_mlp " + c.parallelAttnMlp());
        line("tied_unembed " + c.tiedUnembed());
        line("attn_windows " + c.attnWindows());
        line("attn_scales " + bits(c.attnScales()));
    }

    /** As float32, in which they are used: the last bits of a power may differ between machines, as may a double's decimals. */
    private static String bits(List<Double> values) {
        StringBuilder bits = new StringBuilder();
        values.forEach(value -> bits.append(Integer.toHexString(Float.floatToIntBits(value.floatValue())))
                .append(' '));
        return bits.toString();
    }

    private void tensor(String name, NamedWeights weights) throws IOException {
        line(name + " " + weights.shape(name) + " " + weights.dtype(name));
        int size = weights.shape(name).size();
        int block = BLOCK_BYTES / weights.dtype(name).bytes();
        ByteBuffer buffer = ByteBuffer.allocate(BLOCK_BYTES);
        if (size <= BLOCKS * block) {
            for (int from = 0; from < size; from += block) {
                read(name, from, Math.min(block, size - from), buffer, weights);
            }
            return;
        }
        for (int i = 0; i < BLOCKS; i++) {
            long from = (long) (size - block) * i / (BLOCKS - 1);
            read(name, (int) from, block, buffer, weights);
        }
    }

    private void read(String name, int from, int count, ByteBuffer buffer, NamedWeights weights) throws IOException {
        weights.readStored(name, from, count, buffer.clear());
        digest.update(buffer.flip());
    }
}
