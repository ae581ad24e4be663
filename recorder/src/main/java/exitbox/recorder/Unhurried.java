package exitbox.recorder;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// A stream that nobody waits for: a thread of its own brings what is printed to another one, which may stand still (Ctrl-S, a
/// pipe that nobody empties). What comes while very much waits is dropped: a recorder has more important things to do.
final class Unhurried extends OutputStream {
    private static final int MOST = 256;
    private static final long LAST_MILLIS = 5000;

    private final OutputStream out;
    private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MOST);
    private final Thread thread;

    private Unhurried(OutputStream out) {
        this.out = out;
        this.thread = Thread.ofPlatform().daemon().name("stderr").start(this::bring);
    }

    /// To be closed, which brings what still waits, if that can be done in some seconds. The other stream stays open.
    static PrintStream over(OutputStream out) {
        return new PrintStream(new Unhurried(out), true, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int b) {
        write(new byte[]{(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        if (length > 0) {
            waiting.offer(Arrays.copyOfRange(bytes, from, from + length));
        }
    }

    private void bring() {
        try {
            // An empty one is the end.
            for (byte[] next = waiting.take(); next.length > 0; next = waiting.take()) {
                out.write(next);
                out.flush();
            }
        } catch (IOException | InterruptedException _) {
            // Nobody reads it any more.
        }
    }

    @Override
    public void close() {
        try {
            while (thread.isAlive() && !waiting.offer(new byte[0])) {
                waiting.poll();
            }
            thread.join(LAST_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
