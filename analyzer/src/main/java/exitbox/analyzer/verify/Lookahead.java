package exitbox.analyzer.verify;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// Runs jobs on all cores and hands out what they give in their order; no more of them are on their way than cores can do.
final class Lookahead {
    private static final int MOST_THREADS = 4;

    /// What gives a part, or null.
    interface Job {
        Part run() throws IOException;
    }

    private Lookahead() {}

    static void run(List<Job> jobs, Consumer<Part> sink) throws IOException {
        int threads = Math.min(Runtime.getRuntime().availableProcessors(), MOST_THREADS);
        ExecutorService pool = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().name("verify-", 0).factory());
        try {
            Deque<Future<Part>> running = new ArrayDeque<>();
            Iterator<Job> rest = jobs.iterator();
            while (rest.hasNext() || !running.isEmpty()) {
                while (rest.hasNext() && running.size() <= threads) {
                    Job job = rest.next();
                    running.add(pool.submit(job::run));
                }
                sink.accept(get(running.remove()));
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static Part get(Future<Part> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts a verification", e);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException runtime -> throw runtime;
                case Error error -> throw error;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }
}
