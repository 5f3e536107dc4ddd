package io.reprise.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class MlflowNamesTest {
    @Example
    void usualNamesStayAndOthersAreSpeltOut() {
        assertThat(MlflowNames.key("val/determined_accuracy position 3"))
                .isEqualTo("val/determined_accuracy position 3");
        assertThat(MlflowNames.key("test/rule +2")).isEqualTo("test/rule plus2");
        assertThat(MlflowNames.key("test/rule ×2")).isEqualTo("test/rule times2");
    }

    @Property
    void everyNameBecomesOneThatMlflowTakes(@ForAll String name) {
        String key = MlflowNames.key(name);
        assertThat(key).matches("[A-Za-z0-9_\\-. :/]+").hasSizeLessThanOrEqualTo(250);
        assertThat(List.of(key.split("/", -1))).doesNotContain("", ".", "..");
        assertThat(MlflowNames.key(key)).isEqualTo(key);
    }
}
