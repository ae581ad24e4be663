package exitbox.recorder;

import exitbox.recorder.kernel.Errno;
import exitbox.schemas.segment.Sealer;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Seals closed spools one after another on a thread of its own: the drain never waits for it. A spool that
/// cannot be sealed stays; it is tried again before the next one, and by the next start. Where the folder is another than the one
/// that is held nothing is sealed or deleted: it would be somebody else's.
final class Sealing implements Retirement, AutoCloseable {
    private static final String NO_ROOM = Errno.words(Errno.ENOSPC);
    // When deleting was of no use it is not tried again before, unless something was sealed.
    private static final long DROP_AGAIN_NS = 30_000_000_000L;

    private final Sealer sealer;
    private final Folder folder;
    private final Retention retention;
    private final long dropBytes;
    private final Runnable roomMade;
    private final Consumer<String> messages;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("seal").daemon().factory());
    private final AtomicLong sealedBytes = new AtomicLong();
    private final AtomicLong pendingBytes = new AtomicLong();
    private final AtomicInteger pending = new AtomicInteger();
    private final Queue<SpoolWriter> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean trying = new AtomicBoolean();
    private final AtomicBoolean makingRoom = new AtomicBoolean();
    private final AtomicLong ended = new AtomicLong();
    private volatile boolean abandoned;
    private volatile long dropAgainNanos = System.nanoTime();
    // Changed by the seal thread alone.
    private final Map<Path, String> problems = Collections.synchronizedMap(new LinkedHashMap<>());
    private boolean noRoom;

    /// @param dropBytes how much room is to be made at least when there is none, by deleting what is sealed; 0: nothing is deleted
    /// @param roomMade called whenever there may be more room
    /// @param messages takes a line for the person at the terminal, from the seal thread
    Sealing(Sealer sealer, Folder folder, Retention retention, long dropBytes, Runnable roomMade, Consumer<String> messages) {
        this.sealer = sealer;
        this.folder = folder;
        this.retention = retention;
        this.dropBytes = dropBytes;
        this.roomMade = roomMade;
        this.messages = messages;
    }

    /// Takes a spool that is written no more: brings it to the disk, closes and seals it.
    @Override
    public void submit(SpoolWriter spool) {
        long bytes = spool.bytes();
        pendingBytes.addAndGet(bytes);
        pending.incrementAndGet();
        waiting.add(spool);
        thread.execute(() -> {
            try {
                close(spool);
                retain();
                sealWithThoseBefore(spool.path());
                retain();
            } finally {
                pendingBytes.addAndGet(-bytes);
                pending.decrementAndGet();
                ended.incrementAndGet();
            }
        });
    }

    /// Takes the spools that earlier runs left, oldest first.
    void begin(List<Path> spools) {
        thread.execute(() -> {
            retaining(retention::finish);
            retain();
            for (Path spool : spools) {
                seal(spool);
                retain();
            }
        });
    }

    /// By deleting what is sealed.
    @Override
    public boolean makeRoom(boolean refused) {
        boolean may = mayDrop();
        if (may && makingRoom.compareAndSet(false, true)) {
            thread.execute(() -> {
                try {
                    drop(refused);
                } finally {
                    makingRoom.set(false);
                    ended.incrementAndGet();
                }
            });
        }
        return may;
    }

    private boolean mayDrop() {
        return dropBytes > 0 && System.nanoTime() - dropAgainNanos >= 0;
    }

    private boolean drop(boolean refused) {
        boolean[] made = new boolean[1];
        retaining(() -> made[0] = retention.makeRoom(dropBytes, refused));
        if (!made[0]) {
            dropAgainNanos = System.nanoTime() + DROP_AGAIN_NS;
        }
        roomMade.run();
        return made[0];
    }

    private void retain() {
        retaining(retention::apply);
    }

    private interface Step {
        void run() throws IOException;
    }

    private void retaining(Step step) {
        try {
            if (!abandoned && folder.stands()) {
                step.run();
            }
        } catch (IOException e) {
            messages.accept("cannot delete what is not to be kept: " + Failure.reason(e) + " — it is tried again after the next file");
        }
    }

    @Override
    public void tryAgain() {
        if (!problems.isEmpty() && trying.compareAndSet(false, true)) {
            thread.execute(() -> {
                try {
                    sealThoseBefore();
                } finally {
                    trying.set(false);
                }
            });
        }
    }

    @Override
    public boolean isMakingRoom() {
        return pendingBytes.get() > 0 || makingRoom.get();
    }

    @Override
    public long ended() {
        return ended.get();
    }

    /// Brings to the disk what waits to be sealed: that may be long in coming. From a thread of its own.
    void sync() {
        waiting.forEach(this::force);
    }

    private void close(SpoolWriter spool) {
        try (spool) {
            force(spool);
        } catch (IOException e) {
            messages.accept("cannot close " + spool.path() + ": " + Failure.reason(e));
        } finally {
            waiting.remove(spool);
        }
    }

    /// What cannot be brought to the disk is sealed all the same: the segments are files of their own.
    private void force(SpoolWriter spool) {
        try {
            spool.force();
        } catch (ClosedChannelException e) {
            // Whoever closed it had brought it to the disk before.
        } catch (IOException e) {
            messages.accept("cannot bring " + spool.path() + " to the disk: " + Failure.reason(e) + " — it is sealed at once");
        }
    }

    private void sealWithThoseBefore(Path spool) {
        if (sealThoseBefore()) {
            seal(spool);
        } else {
            problems.put(spool, NO_ROOM);
        }
    }

    /// False when there is no room: then there is none for others either.
    private boolean sealThoseBefore() {
        noRoom = false;
        for (Path spool : List.copyOf(problems.keySet())) {
            seal(spool);
            if (noRoom) {
                return false;
            }
        }
        return true;
    }

    private void seal(Path spool) {
        if (abandoned) {
            return;
        }
        try {
            if (!folder.stands()) {
                problem(spool, "the folder was removed or replaced");
                return;
            }
            Sealer.Sealed sealed = sealOrDrop(spool);
            if (problems.remove(spool) != null) {
                retention.sealedLate();
            }
            roomMade.run();
            dropAgainNanos = System.nanoTime();
            if (sealed != null) {
                sealedBytes.addAndGet(sealed.bytes());
            }
        } catch (IOException e) {
            noRoom = Room.isLacking(e);
            problem(spool, (noRoom ? NO_ROOM : Failure.reason(e))
                    + " — the spool stays, and is tried again at the next rotation and by the next start");
        } catch (RuntimeException | Error e) {
            problem(spool, e + " — the spool stays; please report this");
        }
    }

    private Sealer.Sealed sealOrDrop(Path spool) throws IOException {
        while (true) {
            try {
                return sealer.seal(spool, folder.host());
            } catch (IOException e) {
                if (!Room.isLacking(e) || !mayDrop() || !drop(true)) {
                    throw e;
                }
            }
        }
    }

    /// Says it once as long as it stays the same.
    private void problem(Path spool, String what) {
        if (!what.equals(problems.put(spool, what))) {
            messages.accept("cannot seal " + spool + ": " + what);
        }
    }

    @Override
    public long pendingBytes() {
        return pendingBytes.get();
    }

    @Override
    public int pending() {
        return pending.get();
    }

    /// Bytes of the segments sealed so far in this run.
    @Override
    public long bytes() {
        return sealedBytes.get();
    }

    /// Waits until all is sealed; false when a spool could not be.
    boolean finish() throws InterruptedException {
        thread.shutdown();
        thread.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        return problems.isEmpty();
    }

    /// Waits for what is being sealed or deleted just now, and begins nothing more: before it is done nobody else may have the
    /// folder.
    @Override
    public void close() {
        abandoned = true;
        try {
            finish();
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the recorder", e);
        }
    }
}
