package exitbox.recorder;

import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.Tally;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/// The spool that is being written, the numbers of its rows, and the rows that are still to be written into it. For the
/// drain's thread, but for what says otherwise.
final class OpenSpool {
    private final Spools spools;
    private final Clock clock;
    private final Tally tally;
    private final Consumer<Map<String, Object>> told;
    // What they tell is told by nothing else.
    private final Deque<Owed> owed = new ArrayDeque<>();
    private SpoolHeader header;
    private volatile File file;
    private long seq;
    private long closedBytes;

    private record Owed(Table table, Map<String, Object> row) {
    }

    /// A spool, the number of its first row, and what its name stood for when it was made.
    record File(SpoolWriter writer, long firstSeq, Object key) {
        boolean stands() throws IOException {
            return Objects.equals(key, OpenSpool.key(writer));
        }
    }

    /// @param header of the first one
    /// @param tally which tells whoever takes over that there was one
    /// @param told gets each row of `gaps` that is written
    OpenSpool(Spools spools, SpoolHeader header, Clock clock, Tally tally, Consumer<Map<String, Object>> told) {
        this.spools = spools;
        this.header = header;
        this.clock = clock;
        this.tally = tally;
        this.told = told;
        this.seq = spools.nextSeq();
    }

    /// Begins with a new one.
    void begin() throws IOException {
        open(create());
    }

    /// Begins with one that another recorder left, behind its last whole frame.
    void resume(Spools.Unfinished left) throws IOException {
        SpoolWriter writer = left.reopen();
        open(new File(writer, left.tail().firstSeq() < 0 ? seq : left.tail().firstSeq(), key(writer)));
    }

    private void open(File next) {
        file = next;
        tally.openSpool(next.writer().header().number());
    }

    private File create() throws IOException {
        SpoolWriter writer = spools.create(header);
        return new File(writer, seq, key(writer));
    }

    /// For frames, which [#count] then tells of.
    SpoolWriter writer() {
        return file.writer();
    }

    /// Whether its name still stands for it.
    boolean stands() throws IOException {
        return file.stands();
    }

    /// From any thread.
    Path path() {
        return file.writer().path();
    }

    long bytes() {
        return file.writer().bytes();
    }

    /// Bytes of this one and those before it, in this run.
    long allBytes() {
        return closedBytes + bytes();
    }

    /// When it was begun.
    ClockPair began() {
        return header.clock();
    }

    /// The number of the next row.
    long seq() {
        return seq;
    }

    /// Rows were written with the numbers from [#seq] on.
    void count(long rows) {
        seq += rows;
    }

    /// A write failed: of its frame nothing stands, but the frames before it do.
    void countWhole() {
        seq = Math.max(seq, file.writer().nextSeq());
    }

    /// Writes a row whose time is not now.
    void append(Table table, long monoNs, long bootNs, Map<String, Object> row) throws IOException {
        file.writer().appendRow(table, monoNs, bootNs, seq, row);
        seq++;
    }

    /// Writes a row, behind those that are owed. When it throws, it is owed too.
    void append(Table table, Map<String, Object> row) throws IOException {
        owe(table, row);
        pay();
    }

    /// To be written with the next [#pay].
    void owe(Table table, Map<String, Object> row) {
        owed.add(new Owed(table, row));
    }

    void pay() throws IOException {
        for (Owed next = owed.peek(); next != null; next = owed.peek()) {
            append(next.table(), clock.monoNs(), clock.bootNs(), next.row());
            owed.remove();
            if (next.table() == Table.GAPS) {
                told.accept(next.row());
            }
        }
    }

    /// Makes the one that follows; [#turn] or [#discard] comes next.
    File next() throws IOException {
        header = header.withNumber(0, clock.pair());
        return create();
    }

    void discard(File next) throws IOException {
        next.writer().close();
        Files.deleteIfExists(next.writer().path());
    }

    /// Goes on with the next one, and gives the one before, which is not closed yet. Null when that was taken away: its rows
    /// are a known loss then, and their numbers are given once more.
    SpoolWriter turn(File next) throws IOException {
        File old = file;
        if (old.stands()) {
            open(new File(next.writer(), seq, next.key()));
            closedBytes += old.writer().bytes();
            return old.writer();
        }
        old.writer().close();
        Map<String, Object> gap = new LinkedHashMap<>();
        gap.put("count", seq - old.firstSeq());
        gap.put("first_boot_ns", old.writer().header().clock().bootNs());
        gap.put("last_boot_ns", header.clock().bootNs());
        gap.put("cause", "removed");
        gap.put("detail", "spool " + old.writer().path().getFileName() + " was removed or replaced before it was sealed");
        seq = old.firstSeq();
        open(new File(next.writer(), seq, next.key()));
        append(Table.GAPS, gap);
        return null;
    }

    /// Brings it to the disk; for a thread that does nothing else. Throws when that failed, and when the file is there no
    /// more, for then what is written goes nowhere.
    void sync() throws IOException {
        File now = file;
        if (now == null) {
            return;
        }
        try {
            now.writer().force();
            if (!now.stands() && now == file) {
                throw new NoSuchFileException(now.writer().path().toString(), null, "the file was removed or replaced");
            }
        } catch (ClosedChannelException e) {
            // Rotated meanwhile: whoever closed it had brought it to the disk before.
        }
    }

    /// Closes it, on the disk: nobody seals it.
    void leave() throws IOException {
        file.writer().force();
        file.writer().close();
    }

    /// Device and inode; null when there is no such file any more.
    private static Object key(SpoolWriter writer) throws IOException {
        try {
            return Files.readAttributes(writer.path(), BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
