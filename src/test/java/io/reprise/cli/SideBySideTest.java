package io.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SideBySideTest {
    @ParameterizedTest
    @CsvSource({"1, 8, 8", "2, 8, 4", "3, 8, 2", "20, 8, 1", "5, 1, 1"})
    void sharesThreadsOut(int jobs, int threads, int share) {
        assertThat(SideBySide.share(jobs, threads)).isEqualTo(share);
        assertThat(Math.min(jobs, threads) * share).isLessThanOrEqualTo(threads);
    }

    @Test
    void doesAsManyAtOnceAsThereAreThreadsAndNoMore() throws InterruptedException {
        var now = new AtomicInteger();
        var most = new AtomicInteger();
        var together = new CountDownLatch(2);
        var done = SideBySide.all(6, 2, i -> () -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            together.countDown();
            assertThat(together.await(10, TimeUnit.SECONDS)).isTrue();
            now.decrementAndGet();
            return i * i;
        });
        assertThat(done).extracting(SideBySide.Done::value).containsExactly(0, 1, 4, 9, 16, 25);
        assertThat(most).hasValue(2);
    }

    @Test
    void keepsAFailureToItsOwnJob() throws InterruptedException {
        var done = SideBySide.all(3, 1, i -> () -> {
            if (i == 1) {
                throw new IllegalArgumentException("second");
            }
            return i;
        });
        assertThat(done.get(0).value()).isZero();
        assertThat(done.get(1).failure()).hasMessage("second");
        assertThat(done.get(2).value()).isEqualTo(2);
    }
}
