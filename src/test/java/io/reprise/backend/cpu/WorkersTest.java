package io.reprise.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkersTest {
    private final Memory memory = new Memory();

    @Test
    void everyTaskRunsOnce() {
        try (Workers workers = new Workers(4, memory)) {
            for (int round = 0; round < 2000; round++) {
                int tasks = round % 17;
                AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
                workers.run(tasks, runs::incrementAndGet);
                for (int i = 0; i < tasks; i++) {
                    assertThat(runs.get(i)).isEqualTo(1);
                }
            }
        }
    }

    @Test
    void tasksOfATaskRunOnItsThread() {
        try (Workers workers = new Workers(3, memory)) {
            Set<String> strays = ConcurrentHashMap.newKeySet();
            workers.run(6, i -> {
                Thread outer = Thread.currentThread();
                assertThat(workers.idle()).isFalse();
                workers.run(4, j -> {
                    if (Thread.currentThread() != outer) {
                        strays.add(i + "." + j);
                    }
                });
            });
            assertThat(strays).isEmpty();
        }
    }

    @Test
    void twoCallersAtOnceBothFinish() throws InterruptedException {
        try (Workers workers = new Workers(2, memory)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(2);
            Thread[] callers = new Thread[2];
            for (int c = 0; c < 2; c++) {
                int caller = c;
                callers[c] = new Thread(() -> {
                    for (int round = 0; round < 500; round++) {
                        workers.run(5, i -> runs.incrementAndGet(caller));
                    }
                });
                callers[c].start();
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(runs.get(0)).isEqualTo(2500);
            assertThat(runs.get(1)).isEqualTo(2500);
        }
    }

    @Test
    void aTasksExceptionReachesTheCallerAndTheWorkersLiveOn() {
        try (Workers workers = new Workers(2, memory)) {
            for (int round = 0; round < 50; round++) {
                assertThatThrownBy(() -> workers.run(8, i -> {
                            if (i == 5) {
                                throw new IllegalArgumentException("task " + i);
                            }
                        }))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("task 5");
            }
            AtomicIntegerArray runs = new AtomicIntegerArray(1);
            workers.run(9, i -> runs.incrementAndGet(0));
            assertThat(runs.get(0)).isEqualTo(9);
        }
    }

    /** Idle for 400 ms, a worker that spins for 0.1 ms and then parks uses next to no processor time. */
    @Test
    void idleWorkersAreDaemonsThatSleep() throws InterruptedException {
        try (Workers workers = new Workers(2, memory)) {
            workers.run(2, i -> {});
            Set<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("reprise-cpu"))
                    .collect(Collectors.toSet());
            assertThat(threads).isNotEmpty().allMatch(Thread::isDaemon);
            Thread.sleep(100);
            long before = cpuNanos(threads);
            Thread.sleep(400);
            assertThat(cpuNanos(threads) - before).isLessThan(40_000_000L);
        }
    }

    private static long cpuNanos(Set<Thread> threads) {
        long sum = 0;
        for (Thread thread : threads) {
            sum += Math.max(0, ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId()));
        }
        return sum;
    }

    @Test
    void aClosedPoolStillRunsTasksOnTheCaller() {
        Workers workers = new Workers(3, memory);
        workers.run(3, i -> {});
        workers.close();
        AtomicIntegerArray runs = new AtomicIntegerArray(1);
        workers.run(4, i -> runs.incrementAndGet(0));
        assertThat(runs.get(0)).isEqualTo(4);
    }
}
