package io.reprise.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HtmlTest {
    @Test
    void escapesTextAndAttributes() {
        Html html = new Html().leaf("p", "<b> & \"it's\"", "title", "a\"><script>");
        assertThat(html).hasToString("<p title=\"a&quot;&gt;&lt;script&gt;\">&lt;b&gt; &amp; &quot;it&#39;s&quot;</p>");
    }

    @Test
    void replacesCharactersThatXmlForbids() {
        assertThat(Html.escape("a\u0000b\u001fc\ud800d\n😀")).isEqualTo("a\ufffdb\ufffdc\ufffdd\n😀");
    }

    @Test
    void refusesAnIdUsedTwice() {
        Html html = new Html().empty("hr", "id", "x");
        assertThatThrownBy(() -> html.empty("hr", "id", "x")).hasMessage("id x is used twice in this page");
    }

    @Test
    void refusesToEndWithOpenElements() {
        assertThatThrownBy(new Html().open("p")::toString).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void showsTokensThatCannotBeSeen() {
        assertThat(Words.token(" May\n\t\u0007")).isEqualTo("␣May\\n\\t\\u0007");
        assertThat(Words.token("")).isEqualTo("(empty)");
        assertThat(Words.shorten("😀😀😀😀", 3)).isEqualTo("😀😀…");
    }
}
