package io.reprise.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.reprise.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The first part of a safetensors file, checked: 8 bytes of length, then a JSON object. The rules are those of the format's
 * README and reference parser (huggingface/safetensors, "Format"), except that we also refuse unknown keys in a tensor's entry.
 *
 * @param tensors in the order of their data
 * @param dataStart position in the file where offsets count from
 */
record SafetensorsHeader(List<TensorInfo> tensors, Map<String, String> metadata, long dataStart) {
    static final int MAX_BYTES = 100_000_000;
    static final String METADATA = "__metadata__";

    /** Far above any model's; keeps a header of 100 MB of "[1,1,1,…" small in memory. */
    private static final int MAX_RANK = 64;

    /** Names are a user's, so none is interned or kept in a symbol table that outlives the file. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    static SafetensorsHeader read(FileChannel channel, Object file) throws IOException {
        long fileBytes = channel.size();
        if (fileBytes < 8) {
            throw new WeightsFormatException(
                    file, "has " + fileBytes + " bytes; a safetensors file starts with 8 bytes of header length");
        }
        ByteBuffer prefix = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        PositionalReader.readFully(channel, prefix, 0, file);
        long headerBytes = prefix.getLong(0);
        if (headerBytes < 0 || headerBytes > MAX_BYTES) {
            throw new WeightsFormatException(
                    file,
                    "header length is " + Long.toUnsignedString(headerBytes) + " bytes, at most " + MAX_BYTES
                            + " are allowed; is this a safetensors file?");
        }
        if (headerBytes > fileBytes - 8) {
            throw new WeightsFormatException(
                    file,
                    "header length is " + headerBytes + " bytes but only " + (fileBytes - 8)
                            + " follow; the file is truncated");
        }
        long dataStart = 8 + headerBytes;
        List<TensorInfo> tensors = new ArrayList<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        try (PushbackInputStream bytes = new PushbackInputStream(new ChannelStream(channel, 8, dataStart))) {
            int first = bytes.read();
            if (first != '{') {
                throw new WeightsFormatException(
                        file,
                        first < 0
                                ? "header is empty, expected a JSON object"
                                : String.format("header starts with byte 0x%02x, expected '{'", first));
            }
            bytes.unread(first);
            Reader text = new InputStreamReader(
                    bytes,
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT));
            parse(text, file, tensors, metadata);
        } catch (CharacterCodingException e) {
            throw new WeightsFormatException(file, "header is not UTF-8", e);
        } catch (JsonProcessingException e) {
            throw new WeightsFormatException(file, "header is not valid JSON: " + e.getOriginalMessage(), e);
        }
        tensors.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
        checkData(tensors, fileBytes - dataStart, file);
        return new SafetensorsHeader(List.copyOf(tensors), Collections.unmodifiableMap(metadata), dataStart);
    }

    private static void parse(Reader text, Object file, List<TensorInfo> tensors, Map<String, String> metadata)
            throws IOException {
        try (JsonParser json = JSON.createParser(text)) {
            json.nextToken(); // the '{' that was seen
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (name.equals(METADATA)) {
                    parseMetadata(json, file, metadata);
                } else {
                    tensors.add(parseTensor(json, name, file));
                }
            }
            if (json.nextToken() != null) {
                throw new WeightsFormatException(file, "header goes on after its JSON object, only spaces may follow");
            }
        }
    }

    private static void parseMetadata(JsonParser json, Object file, Map<String, String> metadata) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new WeightsFormatException(file, METADATA + " is not an object of strings");
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw new WeightsFormatException(file, METADATA + " \"" + key + "\" is not a string");
            }
            metadata.put(key, json.getText());
        }
    }

    private static TensorInfo parseTensor(JsonParser json, String name, Object file) throws IOException {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw WeightsFormatException.ofTensor(file, name, "has half a surrogate pair in its name");
        }
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw WeightsFormatException.ofTensor(file, name, "is not an object with dtype, shape and data_offsets");
        }
        String dtype = null;
        long[] dims = null;
        long[] offsets = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            switch (json.currentName()) {
                case "dtype" -> {
                    if (json.nextToken() != JsonToken.VALUE_STRING) {
                        throw WeightsFormatException.ofTensor(file, name, "has a dtype that is not a string");
                    }
                    dtype = json.getText();
                }
                case "shape" -> dims = parseIntegers(json, name, "shape", file);
                case "data_offsets" -> offsets = parseIntegers(json, name, "data_offsets", file);
                default ->
                    throw WeightsFormatException.ofTensor(
                            file,
                            name,
                            "has the key \"" + json.currentName() + "\", expected only dtype, shape and data_offsets");
            }
        }
        if (dtype == null || dims == null || offsets == null) {
            String missing = dtype == null ? "dtype" : dims == null ? "shape" : "data_offsets";
            throw WeightsFormatException.ofTensor(file, name, "has no " + missing);
        }
        return tensor(name, dtype, dims, offsets, file);
    }

    private static long[] parseIntegers(JsonParser json, String name, String key, Object file) throws IOException {
        if (json.nextToken() != JsonToken.START_ARRAY) {
            throw WeightsFormatException.ofTensor(file, name, "has a " + key + " that is not a list");
        }
        List<Long> values = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw WeightsFormatException.ofTensor(
                        file, name, "has a " + key + " with something else than whole numbers");
            }
            long value = json.getLongValue(); // beyond 2^63 is a JsonProcessingException
            if (value < 0) {
                throw WeightsFormatException.ofTensor(
                        file, name, "has the negative number " + value + " in its " + key);
            }
            if (values.size() == MAX_RANK) {
                throw WeightsFormatException.ofTensor(
                        file, name, "has more than " + MAX_RANK + " numbers in its " + key);
            }
            values.add(value);
        }
        return values.stream().mapToLong(Long::longValue).toArray();
    }

    private static TensorInfo tensor(String name, String dtype, long[] dims, long[] offsets, Object file)
            throws WeightsFormatException {
        StoredDType type = StoredDType.named(dtype)
                .orElseThrow(() -> WeightsFormatException.ofTensor(
                        file, name, "has dtype \"" + dtype + "\", expected one of " + StoredDType.names()));
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw WeightsFormatException.ofTensor(
                    file,
                    name,
                    "has data_offsets " + List.of(box(offsets)) + ", expected [begin, end] with begin ≤ end");
        }
        Shape shape;
        try {
            int[] extents = new int[dims.length];
            for (int i = 0; i < dims.length; i++) {
                extents[i] = Math.toIntExact(dims[i]);
            }
            shape = Shape.of(extents);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw WeightsFormatException.ofTensor(
                    file, name, "has shape " + List.of(box(dims)) + "; at most 2^31-1 elements can be read");
        }
        long expected = (long) shape.size() * type.bytes();
        if (offsets[1] - offsets[0] != expected) {
            throw WeightsFormatException.ofTensor(
                    file,
                    name,
                    "has " + (offsets[1] - offsets[0]) + " bytes in data_offsets, expected " + expected + " for " + type
                            + " " + shape);
        }
        return new TensorInfo(name, type, shape, offsets[0], offsets[1]);
    }

    private static Long[] box(long[] values) {
        Long[] boxed = new Long[values.length];
        for (int i = 0; i < values.length; i++) {
            boxed[i] = values[i];
        }
        return boxed;
    }

    /** The tensors must fill the data from 0 on without overlap or hole, and the file must end where they end. */
    private static void checkData(List<TensorInfo> tensors, long dataBytes, Object file) throws WeightsFormatException {
        long end = 0;
        for (TensorInfo tensor : tensors) {
            if (tensor.begin() != end) {
                throw WeightsFormatException.ofTensor(
                        file,
                        tensor.name(),
                        "begins at byte " + tensor.begin() + " of the data, expected " + end
                                + (tensor.begin() < end
                                        ? " (it overlaps the one before)"
                                        : " (nothing may lie between)"));
            }
            end = tensor.end();
        }
        if (end != dataBytes) {
            throw new WeightsFormatException(
                    file,
                    "holds " + dataBytes + " bytes of data, expected " + end + " from its header; "
                            + (dataBytes < end ? "the file is truncated" : "something was appended"));
        }
    }

    /** Bytes [position, end) of a channel, without moving it. */
    private static final class ChannelStream extends InputStream {
        private final FileChannel channel;
        private final long end;
        private long position;

        ChannelStream(FileChannel channel, long position, long end) {
            this.channel = channel;
            this.position = position;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (position == end || length == 0) {
                return length == 0 ? 0 : -1;
            }
            int wanted = (int) Math.min(length, end - position);
            int read = channel.read(ByteBuffer.wrap(target, offset, wanted), position);
            if (read > 0) {
                position += read;
            }
            return read;
        }
    }
}
