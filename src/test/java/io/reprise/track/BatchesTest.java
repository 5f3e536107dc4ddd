package io.reprise.track;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class BatchesTest {
    @Property
    void keepOrderAndLimits(@ForAll @Size(max = 300) List<@IntRange(min = 0, max = 8000) Integer> sizes) {
        List<List<Integer>> batches = Batches.split(sizes, 100, size -> size);
        assertThat(batches.stream().flatMap(List::stream)).containsExactlyElementsOf(sizes);
        assertThat(batches).allSatisfy(batch -> {
            assertThat(batch).isNotEmpty().hasSizeLessThanOrEqualTo(100);
            assertThat(batch.stream().mapToInt(size -> 6 * size + 50).sum()).isLessThanOrEqualTo(900_000);
        });
        assertThat(Batches.split(Collections.nCopies(101, 1), 100, size -> size))
                .hasSize(2);
    }
}
