package exitbox.recorder;

import exitbox.schemas.catalog.Deleter;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Deletes what is sealed when `--keep`, `--keep-size` or `--on-full drop-oldest` ask for it: whole spools' worth, the oldest
/// first, no more than needed, and each time the catalog says so. What the folder has of former hosts counts as well, and goes
/// before this one's. On the seal thread alone, once that is at work.
final class Retention {
    private static final String DROP_OLDEST = "--on-full drop-oldest";
    private static final long BLOCK = 4096;
    // Of spools. The files of years are more than fits into memory, or into a line of the catalog.
    private static final int MOST_AT_ONCE = 200;
    // Some file systems tell of room later than they have it, and files that somebody reads give none back until then.
    private static final long SHOWS_WITHIN_NS = 30_000_000_000L;
    private static final long TELL_EVERY_NS = 60_000_000_000L;
    private static final long REFUSED_AGAIN_NS = 10_000_000_000L;

    private final Recording recording;
    private final List<Shelf> shelves = new ArrayList<>();
    private final Duration keep;
    private final Quota quota;
    private final Room room;
    private final Supplier<Deletion.Moment> clock;
    private final Consumer<String> messages;
    // Before that nothing gets too old.
    private long nextOldBootNs;
    // Until then what was deleted may still show.
    private long awaitedNanos = System.nanoTime();
    // What was deleted for the disk and not said yet: since when, and how much.
    private Deletion untold;
    private long untoldRows;
    private long tellAgainNanos = System.nanoTime();
    // Until then a write that is refused is not the first.
    private long doubtedNanos = System.nanoTime();

    /// What a host has.
    private static final class Shelf {
        private final Deleter deleter;
        // Nothing is left that may go of the catalog's lines before this one.
        private int first = 1;

        Shelf(Deleter deleter) {
            this.deleter = deleter;
        }

        /// Calls the sink for each spool of which something is left that may go, oldest first, until it has enough.
        void forEachOldest(Predicate<SealedSpool> sink) throws IOException {
            boolean[] some = new boolean[1];
            deleter.forEach(first, (line, spool) -> {
                first = some[0] ? first : line;
                some[0] = true;
                return sink.test(spool);
            });
        }
    }

    /// @param hosts former ones first, this one last
    /// @param keep how old what is kept may be; null when nothing is too old
    /// @param messages takes a line for people
    Retention(Recording recording, List<Deleter> hosts, Duration keep, Quota quota, Room room, Supplier<Deletion.Moment> clock,
            Consumer<String> messages) {
        this.recording = recording;
        hosts.forEach(host -> shelves.add(new Shelf(host)));
        this.keep = keep;
        this.quota = quota;
        this.room = room;
        this.clock = clock;
        this.messages = messages;
    }

    /// Makes up for deletions that were cut short: first of all, for an earlier run's. Returns how many files that were.
    int finish() throws IOException {
        int[] files = new int[1];
        each(shelf -> files[0] += shelf.deleter.finish());
        return files[0];
    }

    private interface Step {
        void run(Shelf shelf) throws IOException;
    }

    /// What cannot be had of a former host does not keep this one's from going.
    private void each(Step step) throws IOException {
        for (Shelf shelf : shelves) {
            try {
                step.run(shelf);
            } catch (IOException e) {
                if (shelf == shelves.getLast()) {
                    throw e;
                }
                messages.accept("cannot delete what was recorded as " + shelf.deleter.host() + ": " + Failure.reason(e));
            }
        }
    }

    private boolean isBehind() {
        return shelves.stream().anyMatch(shelf -> shelf.deleter.isBehind());
    }

    /// Deletes what is too old, and what is too much.
    void apply() throws IOException {
        if (isBehind()) {
            finish();
        }
        if (keep != null) {
            Deletion.Moment now = clock.get();
            if (now.bootNs() >= nextOldBootNs) {
                Duration[] next = {keep};
                each(shelf -> {
                    Duration left = dropOld(shelf, now);
                    next[0] = left.compareTo(next[0]) < 0 ? left : next[0];
                });
                nextOldBootNs = now.bootNs() + next[0].toNanos();
            }
        }
        if (quota.isLimited()) {
            long excess = quota.excess(measure());
            if (excess > 0 && drop(excess, "--keep-size " + quota.text()) > 0) {
                measure();
            }
        }
    }

    /// Returns how long it will be until something more gets too old.
    private Duration dropOld(Shelf shelf, Deletion.Moment now) throws IOException {
        Set<Long> old = new LinkedHashSet<>();
        Duration[] next = new Duration[1];
        do {
            old.clear();
            next[0] = keep;
            shelf.forEachOldest(spool -> {
                Duration left = keep.minus(age(spool, now));
                if (left.isNegative()) {
                    old.add(spool.number());
                } else if (left.compareTo(next[0]) < 0) {
                    next[0] = left;
                }
                return old.size() < MOST_AT_ONCE;
            });
            shelf.deleter.delete(old, "--keep " + Quantity.text(keep), now);
        } while (old.size() == MOST_AT_ONCE);
        return next[0];
    }

    /// A spool was sealed after younger ones.
    void sealedLate() {
        nextOldBootNs = 0;
    }

    /// Of its newest row. Within a boot by the clock that nobody can set: wall time that jumps is no reason to delete.
    private static Duration age(SealedSpool spool, Deletion.Moment now) {
        return spool.bootId().equals(now.bootId()) ? Duration.ofNanos(now.bootNs() - spool.lastBootNs())
                : Duration.ofMillis((now.micros() - spool.files().stream().mapToLong(SegmentFile::lastMicros).max().orElse(0)) / 1000);
    }

    /// Deletes the oldest of which these bytes can be had. True when there is room for them, or more than before; false when
    /// nothing is left to delete, and while what was deleted last does not show: no more than needed is to go. Where others have
    /// taken more than all of it, giving that up would be of no use: then the recording goes on within what it has.
    ///
    /// @param refused whether a write failed for want of room, whatever the file system says that it has: the next one may
    ///     succeed, and if it does not, something goes
    boolean makeRoom(long bytes, boolean refused) throws IOException {
        if (isBehind() && finish() > 0) {
            return true;
        }
        long before = room.spare();
        long lacks = Math.max(bytes - before, refused && isRefusedAgain() ? 1 : 0);
        if (lacks <= 0) {
            return true;
        }
        if (System.nanoTime() - awaitedNanos < 0) {
            return false;
        }
        if (before < 0 && isTooLittle(-before)) {
            messages.accept(room.lack() + " — all that is recorded would not give that: what comes gets the room of the oldest");
            room.cede();
            before = room.spare();
            lacks = Math.max(bytes - before, 1);
        }
        long dropped = drop(lacks, DROP_OLDEST);
        if (dropped > 0 && room.spare() - before < dropped / 2) {
            awaitedNanos = System.nanoTime() + SHOWS_WITHIN_NS;
        }
        if (quota.isLimited()) {
            measure();
        }
        return dropped > 0;
    }

    /// Whether there is something to delete, but all of it has fewer bytes.
    private boolean isTooLittle(long bytes) throws IOException {
        long[] all = new long[1];
        each(shelf -> shelf.forEachOldest(spool -> {
            all[0] += bytes(spool);
            return all[0] < bytes;
        }));
        return all[0] > 0 && all[0] < bytes;
    }

    private static long bytes(SealedSpool spool) {
        return spool.files().stream().filter(Deleter::goes).mapToLong(file -> taken(file.bytes())).sum();
    }

    private boolean isRefusedAgain() {
        boolean again = System.nanoTime() - doubtedNanos < 0;
        doubtedNanos = System.nanoTime() + REFUSED_AGAIN_NS;
        return again;
    }

    /// Deletes the oldest of which these bytes can be had; returns how many were.
    private long drop(long bytes, String why) throws IOException {
        long[] dropped = new long[1];
        each(shelf -> dropped[0] += dropped[0] < bytes ? drop(shelf, bytes - dropped[0], why) : 0);
        return dropped[0];
    }

    private long drop(Shelf shelf, long bytes, String why) throws IOException {
        long dropped = 0;
        while (dropped < bytes) {
            Set<Long> oldest = new LinkedHashSet<>();
            long[] sum = {dropped};
            shelf.forEachOldest(spool -> {
                oldest.add(spool.number());
                sum[0] += bytes(spool);
                return sum[0] < bytes && oldest.size() < MOST_AT_ONCE;
            });
            Deletion deletion = shelf.deleter.delete(oldest, why, clock.get());
            if (deletion == null) {
                break;
            }
            if (why.equals(DROP_OLDEST)) {
                tell(deletion);
            }
            dropped = sum[0];
        }
        return dropped;
    }

    /// What nobody chose to give up; once a minute, or a disk that stays full would fill the log too.
    private void tell(Deletion deletion) {
        untold = untold == null ? deletion : untold;
        untoldRows += deletion.rows();
        if (System.nanoTime() - tellAgainNanos >= 0) {
            messages.accept("the disk is full: deleted the oldest, " + untoldRows + " rows of " + at(untold.firstMicros()) + " to "
                    + at(deletion.lastMicros()) + " (" + DROP_OLDEST + ")");
            untold = null;
            untoldRows = 0;
            tellAgainNanos = System.nanoTime() + TELL_EVERY_NS;
        }
    }

    private static Instant at(long micros) {
        return Instant.ofEpochSecond(micros / 1_000_000);
    }

    private long measure() throws IOException {
        long spooled = quota.spooled();
        long total = taken(recording.dir());
        quota.measured(total, spooled);
        return total;
    }

    /// What all below a folder takes, itself included.
    static long taken(Path folder) throws IOException {
        long[] sum = new long[1];
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                sum[0] += BLOCK;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum[0] += taken(attributes.size());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // gone meanwhile, or not to be read
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return sum[0];
    }

    /// In whole blocks, as most file systems give them.
    private static long taken(long bytes) {
        return (bytes + BLOCK - 1) / BLOCK * BLOCK;
    }
}
