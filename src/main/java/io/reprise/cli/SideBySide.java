package io.reprise.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;

/** Shares threads out among runs: as many at once as there are threads, each with its part of them. */
final class SideBySide {
    private SideBySide() {}

    /** What became of one job: a value or a failure. */
    record Done<T>(T value, Exception failure) {}

    /** Threads for each of the jobs that run at the same time. */
    static int share(int jobs, int threads) {
        return Math.max(1, threads / Math.max(1, Math.min(jobs, threads)));
    }

    /**
     * Does all jobs, whatever becomes of the others.
     *
     * @param job gives the work for an index
     * @return in the order of the jobs
     */
    static <T> List<Done<T>> all(int jobs, int threads, IntFunction<Callable<T>> job) throws InterruptedException {
        var pool = Executors.newFixedThreadPool(Math.max(1, Math.min(jobs, threads)));
        try {
            var tasks = new ArrayList<Callable<T>>();
            for (int i = 0; i < jobs; i++) {
                tasks.add(job.apply(i));
            }
            var done = new ArrayList<Done<T>>();
            for (var future : pool.invokeAll(tasks)) {
                done.add(result(future));
            }
            return done;
        } finally {
            pool.shutdownNow();
        }
    }

    private static <T> Done<T> result(java.util.concurrent.Future<T> future) throws InterruptedException {
        try {
            return new Done<>(future.get(), null);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            return new Done<>(null, (Exception) e.getCause());
        }
    }
}
