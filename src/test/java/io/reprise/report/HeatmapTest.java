package io.reprise.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reprise.run.Figure;
import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class HeatmapTest {
    private static Figure figure(String unit, List<String> labels, List<List<Double>> values) {
        return new Figure("f", "T", "See.", unit, "query", "key", labels, labels, values);
    }

    @Test
    void leavesMaskedAndNotFiniteCellsBlank() throws Exception {
        Figure figure =
                figure("logit", List.of("<", "&"), List.of(Arrays.asList(1.0, null), List.of(Double.NaN, 0.25)));
        Element svg = Markup.parse(Heatmap.draw(figure).standalone()).getDocumentElement();
        List<String> tooltips = Markup.elements(svg.getOwnerDocument(), "title").stream()
                .map(Element::getTextContent)
                .toList();
        assertThat(tooltips).containsExactly("T", "< × <: 1", "& × &: 0.25");
    }

    @Test
    void putsZeroInTheMiddleOfValuesOfBothSigns() {
        ColourScale scale =
                ColourScale.of(figure("logit", List.of("a", "b"), List.of(List.of(-1.0, 4.0), List.of(0.0, 2.0))));
        assertThat(scale.palette()).isEqualTo(Palette.CIVIDIS);
        assertThat(scale.share(0)).isEqualTo(0.5);
        assertThat(scale.high()).isEqualTo(4);
    }

    @Test
    void showsSharesFromZeroToOne() {
        ColourScale scale = ColourScale.of(figure("attention probability", List.of("a"), List.of(List.of(0.3))));
        assertThat(scale.low()).isZero();
        assertThat(scale.high()).isEqualTo(1);
    }

    @Test
    void drawsAMatrixWithoutAnyValueAndOneOfEqualValues() throws Exception {
        Markup.parse(Heatmap.draw(figure("", List.of("a"), List.of(Arrays.asList((Double) null))))
                .standalone());
        String equal =
                Heatmap.draw(figure("x", List.of("a"), List.of(List.of(5.0)))).standalone();
        assertThat(equal).contains("a × a: 5").doesNotContain("NaN");
    }

    @Test
    void embedsLargeMatricesAsOneSmallImageWithThinnedLabels() throws Exception {
        List<String> labels = IntStream.range(0, 90).mapToObj(Integer::toString).toList();
        Figure figure =
                figure("logit", labels, MadeUpRuns.matrix(90, (i, j) -> i == 89 && j == 0 ? 1 : (i * j % 7) - 3));
        String svg = Heatmap.draw(figure).standalone();
        assertThat(svg.length()).isLessThan(60_000);
        List<Element> images = Markup.elements(Markup.parse(svg), "image");
        assertThat(images).hasSize(1);
        String data = images.get(0).getAttribute("href").substring("data:image/png;base64,".length());
        var image = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(data)));
        // 4 pixels a cell; the corner cell holds 1 of -3..3, the one right of it (89·1 mod 7) − 3 = 2.
        assertThat(image.getWidth()).isEqualTo(360);
        assertThat(image.getRGB(2, 358) & 0xffffff).isEqualTo(Palette.CIVIDIS.level(Palette.levelOf(4 / 6.0)));
        assertThat(image.getRGB(6, 358) & 0xffffff).isEqualTo(Palette.CIVIDIS.level(Palette.levelOf(5 / 6.0)));
        assertThat(Markup.elements(Markup.parse(svg), "text")).hasSizeLessThan(70);
    }

    @Test
    void wordsStandInTheCellsAboveTheColumnsAndInTheTooltips() throws Exception {
        Figure.Words words = new Figure.Words(
                List.of(List.of("May", "June"), List.of("July", "<b>")),
                List.of(List.of("one", "two"), List.of("three", "four")),
                List.of("* next", "(guess)"));
        Figure figure = new Figure(
                "f",
                "T",
                "See.",
                "probability",
                "depth",
                "read",
                List.of("a", "b"),
                List.of("c", "d"),
                List.of(List.of(0.1, 0.9), List.of(0.5, 0.2)),
                words);
        Picture picture = Heatmap.draw(figure);
        var document = Markup.parse(picture.standalone());
        assertThat(Markup.elements(document, "text").stream().map(Element::getTextContent))
                .contains("May", "June", "July", "<b>", "* next", "(guess)");
        assertThat(Markup.elements(document, "title").stream().map(Element::getTextContent))
                .containsExactly("T", "one", "two", "three", "four");
        List<String> many = IntStream.range(0, 30).mapToObj(Integer::toString).toList();
        Figure wide = new Figure(
                "w",
                "T",
                "See.",
                "probability",
                "depth",
                "read",
                List.of("a"),
                many,
                List.of(many.stream().map(n -> 0.5).toList()),
                new Figure.Words(List.of(many), List.of(), List.of()));
        assertThat(Heatmap.draw(wide).width()).as("room for every word").isGreaterThan(30 * 60);
    }

    @Test
    void wordsThatDoNotFitTheFigureAreRefused() {
        assertThatThrownBy(() -> new Figure(
                        "f",
                        "T",
                        "",
                        "",
                        "",
                        "",
                        List.of("a"),
                        List.of("b"),
                        List.of(List.of(1.0)),
                        new Figure.Words(List.of(List.of("x", "y")), List.of(), List.of())))
                .hasMessageContaining("its words are not for 1 rows and 1 columns");
    }

    @Test
    void choosesRoundLabelSteps() {
        assertThat(Heatmap.step(11, 11)).isEqualTo(1);
        assertThat(Heatmap.step(11, 4.7)).isEqualTo(4);
        assertThat(Heatmap.step(11, 0.01)).isEqualTo(1100);
    }

    @Test
    void refusesAFigureWithoutCells() {
        assertThatThrownBy(() -> Heatmap.draw(figure("", List.of(), List.of())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("figure f has 0 rows");
    }
}
