package io.reprise.track;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls that may hang, with an end. Each runs on a daemon thread of its own; one that misses its deadline is left behind, since
 * MLflow's client neither has timeouts nor heeds interrupts.
 */
final class Deadlines {
    private Deadlines() {}

    /** @throws TimeoutException if there was no result in time; the call may still be going on */
    static <T> T call(Callable<T> call, Duration deadline) throws ExecutionException, TimeoutException {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "mlflow-call");
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TimeoutException("interrupted");
        } finally {
            task.cancel(true);
        }
    }
}
