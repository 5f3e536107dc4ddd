package io.reprise.analysis.overlap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.analysis.overlap.ModelComparison.Agreement;
import io.reprise.analysis.overlap.ModelComparison.Channel;
import io.reprise.analysis.overlap.ModelComparison.Kind;
import io.reprise.analysis.overlap.ModelComparison.Reading;
import io.reprise.analysis.overlap.channels.ChannelComparison;
import io.reprise.run.Json;
import io.reprise.stats.Interval;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelComparisonTest {
    private static final Channel ALIKE = channel(Kind.CIRCUITS, 0.6, 0.9);
    private static final Channel UNLIKE = channel(Kind.LENS, -0.1, 0.4);
    private static final Channel OPEN = channel(Kind.OPERATORS, 0.4, 0.6);
    private static final Channel UNKNOWN = new Channel(
            Kind.OPERATORS,
            List.of(new ChannelComparison(
                    "operator: cosine",
                    12,
                    0.3,
                    Map.of("random weights", 0.3),
                    0.3,
                    Optional.of(0.3),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of("the ceiling is no better than the null"))));

    @Test
    void aChannelIsReadByItsIntervalOfTheFirstFigure() {
        assertThat(ALIKE.reading()).isEqualTo(Reading.ALIKE);
        assertThat(UNLIKE.reading()).isEqualTo(Reading.UNLIKE);
        assertThat(OPEN.reading()).isEqualTo(Reading.OPEN);
        assertThat(UNKNOWN.reading()).isEqualTo(Reading.NOT_IDENTIFIABLE);
        assertThat(new Channel(
                                Kind.LENS,
                                List.of(UNLIKE.figures().get(0), ALIKE.figures().get(0)))
                        .reading())
                .isEqualTo(Reading.UNLIKE);
    }

    @Test
    void channelsOnTwoSidesOfOneHalfDisagree() {
        ModelComparison comparison = comparison(ALIKE, UNLIKE, OPEN);
        assertThat(comparison.agreement()).isEqualTo(Agreement.DISAGREE);
        assertThat(comparison.sentence())
                .isEqualTo("The channels disagree: circuits (0.60 to 0.90) says alike; lens (-0.10 to 0.40) says not"
                        + " alike; operators (0.40 to 0.60) leaves it open; 0 is each one's null, 1 its ceiling, and"
                        + " above or below 0.5 as a whole counts.");
    }

    @Test
    void twoThatSayTheSameAgreeWhateverIsOpenBesideThem() {
        ModelComparison comparison = comparison(ALIKE, channel(Kind.LENS, 0.51, 0.7), UNKNOWN);
        assertThat(comparison.agreement()).isEqualTo(Agreement.AGREE);
        assertThat(comparison.sentence())
                .contains(
                        "agree: circuits (0.60 to 0.90) and lens (0.51 to 0.70) say alike",
                        "operators (the ceiling is no better than the null) leaves it open");
    }

    @Test
    void oneAloneIsNoAgreement() {
        assertThat(comparison(ALIKE, OPEN).agreement()).isEqualTo(Agreement.OPEN);
        assertThat(comparison().agreement()).isEqualTo(Agreement.OPEN);
        assertThat(comparison().sentence()).contains("none was measured");
    }

    @Test
    void aChannelStandsOnceAndHasAFigure() {
        assertThatThrownBy(() -> comparison(ALIKE, ALIKE)).hasMessageContaining("twice");
        assertThatThrownBy(() -> new Channel(Kind.LENS, List.of())).hasMessageContaining("no figure");
    }

    @Test
    void itIsWrittenAsJson() {
        assertThat(Json.write(comparison(ALIKE, UNKNOWN))).contains("\"null_value\" : 0.3", "\"CIRCUITS\"");
    }

    private static Channel channel(Kind kind, double low, double high) {
        return new Channel(
                kind,
                List.of(new ChannelComparison(
                        kind.words(),
                        10,
                        0.5,
                        Map.of("random weights", 1.0),
                        1,
                        Optional.of(0.0),
                        Optional.of((low + high) / 2),
                        Optional.of(new Interval(low, high)),
                        Optional.empty())));
    }

    private static ModelComparison comparison(Channel... channels) {
        return new ModelComparison(
                "a",
                "b",
                "successor",
                List.of(channels),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
