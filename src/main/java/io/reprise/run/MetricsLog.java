package io.reprise.run;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.reprise.weights.AtomicFile;
import io.reprise.weights.WriteObserver;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Append-only JSON lines, {@code {"step": 100, "train/loss": 0.1}}: step first, then the metrics by name, numbers spelt the same
 * on every JDK. metrics.jsonl holds what repeats bit for bit; timings.jsonl, in the same format, holds what does not (see
 * {@link #AT_MS}).
 *
 * <p>Lines reach the file at once and the disk at {@link #sync()}, which must be called before a checkpoint of the same step is
 * written: then a resumed run finds every line up to its checkpoint. Not thread-safe.
 */
public final class MetricsLog implements AutoCloseable {
    /** In timings.jsonl: milliseconds since 1970 at which the step was logged. */
    public static final String AT_MS = "at_ms";

    private static final String STEP = "step";
    private static final JsonFactory JSON = new JsonFactory();

    private final Path file;
    private final FileChannel channel;
    private final WriteObserver observer;
    private long lastStep;

    private MetricsLog(Path file, FileChannel channel, WriteObserver observer, long lastStep) {
        this.file = file;
        this.channel = channel;
        this.observer = observer;
        this.lastStep = lastStep;
    }

    /**
     * One line.
     *
     * @param values by name; may hold NaN and infinities
     */
    public record Entry(long step, Map<String, Double> values) {
        public Entry {
            if (step < 0) {
                throw new IllegalArgumentException("step = " + step + " is negative");
            }
            values = Collections.unmodifiableMap(new TreeMap<>(values));
            for (String name : values.keySet()) {
                if (name.isBlank() || name.equals(STEP)) {
                    throw new IllegalArgumentException("\"" + name + "\" cannot be the name of a metric");
                }
            }
        }
    }

    /** Starts an empty log, replacing any file there. */
    public static MetricsLog create(Path file, WriteObserver observer) throws IOException {
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        return new MetricsLog(file, channel, observer, -1);
    }

    /** Goes on with a log after its lines up to and including {@code lastStep}; later lines and a torn last line are cut off. */
    public static MetricsLog resume(Path file, long lastStep, WriteObserver observer) throws IOException {
        long keep = 0;
        long last = -1;
        if (Files.exists(file)) {
            for (Line line : lines(file)) {
                if (line.entry.step() > lastStep) {
                    break;
                }
                keep = line.end;
                last = line.entry.step();
            }
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            observer.before(WriteObserver.Action.WRITE, file);
            channel.truncate(keep);
            channel.position(keep);
            observer.after(WriteObserver.Action.WRITE, file);
            MetricsLog log = new MetricsLog(file, channel, observer, last);
            log.sync();
            return log;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** All whole lines; a torn last line (no line end) is left out. A line that is not such JSON is an error naming it. */
    public static List<Entry> read(Path file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Line line : lines(file)) {
            entries.add(line.entry);
        }
        return List.copyOf(entries);
    }

    public void append(long step, Map<String, Double> values) throws IOException {
        append(new Entry(step, values));
    }

    public void append(Entry entry) throws IOException {
        if (entry.step() < lastStep) {
            throw new IllegalArgumentException(file.getFileName() + ": step " + entry.step() + " after step " + lastStep
                    + "; steps cannot go back");
        }
        ByteBuffer line = ByteBuffer.wrap((format(entry) + "\n").getBytes(StandardCharsets.UTF_8));
        observer.before(WriteObserver.Action.WRITE, file);
        AtomicFile.writeFully(channel, line);
        observer.after(WriteObserver.Action.WRITE, file);
        lastStep = entry.step();
    }

    /** Returns when all lines are on the disk. */
    public void sync() throws IOException {
        observer.before(WriteObserver.Action.SYNC, file);
        channel.force(true);
        observer.after(WriteObserver.Action.SYNC, file);
    }

    /** Syncs and closes. */
    @Override
    public void close() throws IOException {
        try (channel) {
            if (channel.isOpen()) {
                sync();
            }
        }
    }

    static String format(Entry entry) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField(STEP, entry.step());
            for (Map.Entry<String, Double> metric : entry.values().entrySet()) {
                json.writeFieldName(metric.getKey());
                json.writeRawValue(Numbers.format(metric.getValue()));
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private record Line(Entry entry, long end) {}

    private static List<Line> lines(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        List<Line> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                String text = new String(bytes, start, i - start, StandardCharsets.UTF_8);
                start = i + 1;
                try {
                    lines.add(new Line(parse(text), start));
                } catch (IOException | IllegalArgumentException e) {
                    throw new IOException(
                            file + " line " + (lines.size() + 1) + " is not a line of metrics: " + abbreviate(text), e);
                }
            }
        }
        return lines;
    }

    private static Entry parse(String line) throws IOException {
        try (JsonParser json = JSON.createParser(line)) {
            json.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            if (json.nextToken() != JsonToken.START_OBJECT
                    || !STEP.equals(json.nextFieldName())
                    || json.nextToken() != JsonToken.VALUE_NUMBER_INT) {
                throw new IOException("expected {\"step\": …");
            }
            long step = json.getLongValue();
            Map<String, Double> values = new TreeMap<>();
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                JsonToken token = json.nextToken();
                if (token == JsonToken.VALUE_STRING) {
                    values.put(name, Double.valueOf(json.getText()));
                } else {
                    values.put(name, json.getDoubleValue());
                }
            }
            if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
                throw new IOException("expected one object");
            }
            return new Entry(step, values);
        }
    }

    private static String abbreviate(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
