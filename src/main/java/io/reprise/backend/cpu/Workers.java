package io.reprise.backend.cpu;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * Runs numbered tasks on the calling thread and a few daemon threads. A training step hands out work every few hundred
 * microseconds, so an idle worker first spins (waking a parked thread costs about as much as a small step) and parks soon after.
 */
final class Workers implements AutoCloseable {
    private static final long SPIN_NANOS = 100_000;
    private static final int SPINS_PER_CLOCK = 64;

    private final Memory memory;
    private final Worker[] workers;
    private final AtomicBoolean inUse = new AtomicBoolean();
    private volatile Job job;
    private volatile boolean closed;
    private boolean started;

    /** @param threads the calling thread included */
    Workers(int threads, Memory memory) {
        this.memory = memory;
        this.workers = new Worker[threads - 1];
    }

    int threads() {
        return workers.length + 1;
    }

    /** Whether {@link #run} called now would use other threads. */
    boolean idle() {
        return workers.length > 0 && !memory.local().busy() && !inUse.get();
    }

    /** Tasks called from a task, or while another thread has the workers, run one after the other on the calling thread. */
    void run(int tasks, IntConsumer task) {
        Memory.Local local = memory.local();
        if (local.busy()) {
            alone(tasks, task);
            return;
        }
        local.busy(true);
        try {
            if (tasks > 1 && workers.length > 0 && !closed && inUse.compareAndSet(false, true)) {
                try {
                    together(tasks, task);
                } finally {
                    inUse.set(false);
                }
            } else {
                alone(tasks, task);
            }
        } finally {
            local.busy(false);
        }
    }

    private static void alone(int tasks, IntConsumer task) {
        for (int i = 0; i < tasks; i++) {
            task.accept(i);
        }
    }

    private void together(int tasks, IntConsumer task) {
        start();
        Job next = new Job(tasks, task);
        job = next;
        int helpers = Math.min(workers.length, tasks - 1);
        for (int i = 0; i < helpers; i++) {
            workers[i].wake();
        }
        next.work();
        next.await();
        job = null;
        next.rethrow();
    }

    private void start() {
        if (started) {
            return;
        }
        started = true;
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker("reprise-cpu-" + (i + 1));
            workers[i].start();
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            if (worker != null) {
                LockSupport.unpark(worker);
            }
        }
    }

    private final class Worker extends Thread {
        private volatile boolean parked;

        Worker(String name) {
            super(name);
            setDaemon(true);
        }

        void wake() {
            if (parked) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            memory.local().busy(true);
            Job done = null;
            while (!closed) {
                done = next(done);
                if (done != null) {
                    done.work();
                }
            }
        }

        /** The next job after {@code done}; null when the workers are closed. */
        private Job next(Job done) {
            long idleSince = System.nanoTime();
            for (int spins = 1; !closed; spins++) {
                Job now = job;
                if (now != null && now != done) {
                    return now;
                }
                if (spins % SPINS_PER_CLOCK == 0 && System.nanoTime() - idleSince > SPIN_NANOS) {
                    park(done);
                } else {
                    Thread.onSpinWait();
                }
            }
            return null;
        }

        private void park(Job done) {
            parked = true;
            Job now = job;
            if ((now == null || now == done) && !closed) {
                LockSupport.park(Workers.this);
            }
            parked = false;
        }
    }

    private static final class Job {
        private final int tasks;
        private final Thread caller = Thread.currentThread();
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger finished = new AtomicInteger();
        private volatile boolean callerParked;
        private volatile Throwable failure;
        /** Dropped with the job's end: an idle worker remembers its last job. */
        private IntConsumer task;

        Job(int tasks, IntConsumer task) {
            this.tasks = tasks;
            this.task = task;
        }

        void work() {
            for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
                try {
                    if (failure == null) {
                        task.accept(i);
                    }
                } catch (Throwable e) {
                    failure = e;
                } finally {
                    if (finished.incrementAndGet() == tasks && callerParked) {
                        LockSupport.unpark(caller);
                    }
                }
            }
        }

        void await() {
            long since = System.nanoTime();
            for (int spins = 1; finished.get() < tasks; spins++) {
                if (spins % SPINS_PER_CLOCK == 0 && System.nanoTime() - since > SPIN_NANOS) {
                    callerParked = true;
                    if (finished.get() < tasks) {
                        LockSupport.park(this);
                    }
                } else {
                    Thread.onSpinWait();
                }
            }
            task = null;
        }

        void rethrow() {
            Throwable e = failure;
            if (e instanceof RuntimeException exception) {
                throw exception;
            }
            if (e instanceof Error error) {
                throw error;
            }
        }
    }
}
