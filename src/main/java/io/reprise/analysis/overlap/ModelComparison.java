package io.reprise.analysis.overlap;

import io.reprise.analysis.overlap.channels.ChannelComparison;
import io.reprise.analysis.overlap.channels.LensSummary;
import io.reprise.analysis.overlap.transport.TransportResult;
import io.reprise.analysis.overlap.verdict.Verdict;
import io.reprise.stats.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Two models at one task, seen in several ways, each between its own null (0) and its own ceiling (1).
 *
 * @param first name
 * @param second name
 * @param task name
 * @param channels the ways, each once
 * @param verdicts on their circuits
 * @param transport between their matched components
 * @param firstLens the first model's way to the answers
 * @param secondLens the second's
 */
public record ModelComparison(
        String first,
        String second,
        String task,
        List<Channel> channels,
        List<Verdict> verdicts,
        Optional<TransportResult> transport,
        Optional<LensSummary> firstLens,
        Optional<LensSummary> secondLens) {
    /** Halfway between null and ceiling: what is above it all is alike, what is below it all is not. */
    public static final double HALF = 0.5;

    /** A way of comparing. */
    public enum Kind {
        /** Matched components, X-CSI. */
        CIRCUITS("circuits"),
        /** Trajectories through the logit lens. */
        LENS("lens"),
        /** Relation operators in token space. */
        OPERATORS("operators");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }

    /** What a channel says. */
    public enum Reading {
        /** The whole calibrated interval is above one half. */
        ALIKE("alike"),
        /** The whole calibrated interval is below one half. */
        UNLIKE("not alike"),
        /** The interval holds one half. */
        OPEN("open"),
        /** There is no calibrated interval. */
        NOT_IDENTIFIABLE("not identifiable");

        private final String words;

        Reading(String words) {
            this.words = words;
        }

        /** For people. */
        public String words() {
            return words;
        }
    }

    /** What the channels say together. */
    public enum Agreement {
        /** At least two are alike or unlike, and all of these the same. */
        AGREE,
        /** One is alike, another unlike: their intervals lie on two sides of one half. */
        DISAGREE,
        /** Fewer than two say anything. */
        OPEN
    }

    /**
     * @param figures the first one is what the channel is read by; which it is has to be fixed beforehand
     */
    public record Channel(Kind kind, List<ChannelComparison> figures) {
        public Channel {
            figures = List.copyOf(figures);
            if (figures.isEmpty()) {
                throw new IllegalArgumentException("channel " + kind.words() + " has no figure");
            }
        }

        public Reading reading() {
            Optional<Interval> interval = figures.get(0).interval();
            if (interval.isEmpty()) {
                return Reading.NOT_IDENTIFIABLE;
            }
            return interval.get().low() > HALF
                    ? Reading.ALIKE
                    : interval.get().high() < HALF ? Reading.UNLIKE : Reading.OPEN;
        }

        private String why() {
            ChannelComparison figure = figures.get(0);
            return figure.interval()
                    .map(i -> String.format(Locale.ROOT, "%.2f to %.2f", i.low(), i.high()))
                    .orElseGet(() -> figure.problem().orElse("no interval"));
        }
    }

    public ModelComparison {
        channels = List.copyOf(channels);
        verdicts = List.copyOf(verdicts);
        if (channels.stream().map(Channel::kind).distinct().count() < channels.size()) {
            throw new IllegalArgumentException("a channel is there twice: "
                    + channels.stream().map(channel -> channel.kind().words()).toList());
        }
    }

    public Agreement agreement() {
        List<Reading> decided = channels.stream()
                .map(Channel::reading)
                .filter(reading -> reading == Reading.ALIKE || reading == Reading.UNLIKE)
                .toList();
        if (decided.size() < 2) {
            return Agreement.OPEN;
        }
        return decided.stream().distinct().count() == 1 ? Agreement.AGREE : Agreement.DISAGREE;
    }

    private static String verb(Reading reading, boolean one) {
        return switch (reading) {
            case ALIKE, UNLIKE -> (one ? " says " : " say ") + reading.words();
            case OPEN, NOT_IDENTIFIABLE -> one ? " leaves it open" : " leave it open";
        };
    }

    /** One sentence: where the channels agree and where not, with their intervals. */
    public String sentence() {
        Map<Reading, List<Channel>> by = new LinkedHashMap<>();
        for (Reading reading : Reading.values()) {
            List<Channel> own = channels.stream()
                    .filter(channel -> channel.reading() == reading)
                    .toList();
            if (!own.isEmpty()) {
                by.put(reading, own);
            }
        }
        String head =
                switch (agreement()) {
                    case AGREE -> "The channels that say something agree: ";
                    case DISAGREE -> "The channels disagree: ";
                    case OPEN -> "Fewer than two channels say something: ";
                };
        List<String> parts = new ArrayList<>();
        by.forEach((reading, own) -> parts.add(own.stream()
                        .map(channel -> channel.kind().words() + " (" + channel.why() + ")")
                        .collect(Collectors.joining(" and "))
                + verb(reading, own.size() == 1)));
        return head + (parts.isEmpty() ? "none was measured" : String.join("; ", parts))
                + "; 0 is each one's null, 1 its ceiling, and above or below 0.5 as a whole counts.";
    }
}
