package exitbox.schemas.decode;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.rows.RowSink;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.Frame;
import exitbox.schemas.spool.RecordCursor;
import exitbox.schemas.spool.SpoolFormat;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolReader;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Makes rows of a spool's records, in one pass and with bounded memory.
///
/// Nothing is passed over in silence: a record of an unknown table, of a wrong size or without
/// meaning becomes a row of `gaps` (cause `undecodable`) that takes its seq, and a hole in the seq
/// numbers one with the number of rows it held (cause `damaged`).
///
/// Where the kernel cannot tell which thread was the last (exit hook `live`), two may have claimed
/// it: the last record of a process is its death, the earlier ones become rows of `thread_exits`.
/// That holds within a spool, not for two claims that a rotation parted.
public final class SpoolDecoder {
    // The chunk's rows of claims that were none; no table has this number.
    private static final int DEMOTED = 0;

    private final SpoolReader reader;
    private final SpoolHeader header;
    private final RowSink sink;
    private final ClockLine clock = new ClockLine();
    private final CgroupNames cgroups;
    private final Chunk chunk = new Chunk();
    // Made when their first record comes: each has an array of rows for every column.
    private final RecordDecoder[] decoders = new RecordDecoder[Table.NUMBERS];
    private final RecordDecoder.Context context;
    private final RecordLayout[] layouts = new RecordLayout[Table.NUMBERS];
    // Null for tables whose records have one size.
    private final Parts[] parts = new Parts[Table.NUMBERS];
    private final long[] ends = new long[SpoolFormat.RINGS];
    private final UserRows userRows;
    private final LastClaims lastClaims;
    private final Struct cgroupName;
    private final Struct heartbeat;
    private final RecordCursor cursor = new RecordCursor();

    private boolean stopped;
    private long lastBootNs;
    private long damagedBytes;
    private long expected;
    private long firstSeq = -1;
    private long passedOver;

    /// Fields that this class itself reads, of a struct whose layout has them all.
    private record Struct(int size, int[] offsets) {
        /// Null when the layouts have no such struct, or when a field lacks or has another size.
        static Struct find(List<RecordLayout> layouts, String name, Field... fields) {
            RecordLayout layout = Needs.find(layouts, name);
            int[] offsets = new int[fields.length];
            for (int i = 0; i < fields.length; i++) {
                Field field = layout == null ? null : layout.find(fields[i].name());
                if (field == null || field.size() != fields[i].size()) {
                    return null;
                }
                offsets[i] = field.offset();
            }
            return layout == null ? null : new Struct(layout.size(), offsets);
        }
    }

    /// What a decoded spool held. `nextSeq` is -1 when that is not known; `stopped` says that its run ended with a stop row.
    public record Summary(SpoolHeader header, long nextSeq, long lastBootNs, boolean stopped, long damagedBytes, long tornBytes) {
    }

    /// @param firstSeq see [#decode]
    /// @param lastClaims those of the frames that the reader is going to reach; null when every claim is one
    SpoolDecoder(SpoolReader reader, long firstSeq, RowSink sink, CgroupNames cgroups, LastClaims lastClaims) {
        this.reader = reader;
        this.expected = firstSeq;
        this.header = reader.header();
        this.sink = sink;
        this.cgroups = cgroups;
        this.lastClaims = lastClaims;
        this.lastBootNs = header.clock().bootNs();
        clock.add(header.clock());
        Days days = new Days();
        this.context = new RecordDecoder.Context(header, clock, new NameCache(), cgroups, days,
                new PartReaders.Caches());
        this.userRows = new UserRows(header, clock, days);
        Needs.STRUCTS.forEach((table, struct) -> {
            RecordLayout layout = Needs.find(header.layouts(), struct);
            if (layout != null) {
                layouts[table.number()] = layout;
                Parts variable = new Parts(layout);
                parts[table.number()] = variable.isEmpty() ? null : variable;
            }
        });
        this.heartbeat = Struct.find(header.layouts(), "heartbeat_record", new Field("real_ns", 0, 8), new Field("real_boot_ns", 0, 8));
        this.cgroupName = Struct.find(header.layouts(), "cgroup_name_record", new Field("cgroup_id", 0, 8), new Field("path_offset", 0, 4),
                new Field("path_length", 0, 4));
        cgroups.enter(header.bootId());
    }

    /// What the layouts lack that this version decodes: a sentence each, none when they fit.
    public static List<String> misfits(List<RecordLayout> layouts) {
        List<String> wrong = Needs.misfits(layouts);
        if (Needs.find(layouts, "cgroup_name_record") == null) {
            wrong.add("no struct cgroup_name_record");
        }
        return wrong;
    }

    /// Pours a spool's rows into the sink: table by table, those of the kernel in the order of seq, and those made in user
    /// space. The spool may be one that is being written.
    public static Summary decode(Path spool, CgroupNames cgroups, RowSink sink) throws IOException {
        return decode(spool, -1, false, Long.MAX_VALUE, cgroups, sink);
    }

    /// The same of no more than these bytes, though the spool may have grown.
    public static Summary decode(Path spool, long end, CgroupNames cgroups, RowSink sink) throws IOException {
        return decode(spool, -1, false, end, cgroups, sink);
    }

    /// The same for a spool whose neighbours are known.
    ///
    /// @param firstSeq the seq of its first row, when nothing is missing; -1 when that is not known
    /// @param last whether it is closed and none follows: then bytes behind its last frame are a loss, which
    ///     otherwise shows in the seq that the next one begins with
    public static Summary decode(Path spool, long firstSeq, boolean last, CgroupNames cgroups, RowSink sink) throws IOException {
        return decode(spool, firstSeq, last, Long.MAX_VALUE, cgroups, sink);
    }

    private static Summary decode(Path spool, long firstSeq, boolean last, long most, CgroupNames cgroups, RowSink sink)
            throws IOException {
        LastClaims lastClaims = null;
        long end = most;
        long behind = 0;
        try (SpoolReader first = SpoolReader.open(spool)) {
            if (LastClaims.areNeeded(first.header())) {
                lastClaims = new LastClaims();
                first.endAt(most);
                lastClaims.read(first);
                if (!last) {
                    // A claim that is written from now on must not be met without those it supersedes.
                    end = first.position();
                    behind = first.tornBytes();
                }
            }
        }
        try (SpoolReader reader = SpoolReader.open(spool)) {
            reader.endAt(end);
            return new SpoolDecoder(reader, firstSeq, sink, cgroups, lastClaims).run(last, behind);
        }
    }

    /// @param behind torn bytes behind the end that the reader was given
    private Summary run(boolean last, long behind) throws IOException {
        while (pour()) {
            // a chunk at a time
        }
        if (last && !stopped && reader.tornBytes() > 0) {
            expected = Math.max(expected, 1);
            damaged(expected, null, reader.tornBytes() + " bytes at the end of the spool make no frame", null);
            expected++;
        }
        userRows.flush(sink);
        return new Summary(header, expected, lastBootNs, stopped, damagedBytes + reader.damagedBytes(),
                reader.tornBytes() + behind);
    }

    /// Decodes a chunk of the frames that are there; false when it came to their end. Rows made in user space stay until
    /// they are many, or [#flushUserRows] is called.
    boolean pour() throws IOException {
        boolean full = false;
        for (Frame frame = reader.next(); frame != null; frame = full ? null : reader.next()) {
            String why = reader.damagedBytes() > passedOver
                    ? (reader.damagedBytes() - passedOver) + " bytes of the spool failed their checksum"
                    : "frames of the spool are missing";
            if (expected >= 0 && frame.firstSeq() > expected) {
                damaged(expected, frame.firstSeq() - expected, why, frame);
            } else if (expected < 0 && reader.damagedBytes() > passedOver && frame.firstSeq() > 1) {
                damaged(frame.firstSeq() - 1, null, why, frame);
            }
            firstSeq = firstSeq < 0 ? frame.firstSeq() : firstSeq;
            passedOver = reader.damagedBytes();
            expected = reader.nextSeq();
            take(frame);
            full = chunk.isFull();
        }
        flush();
        chunk.clear();
        return full;
    }

    void flushUserRows() throws IOException {
        userRows.flush(sink);
    }

    /// The seq of the row that follows those decoded; -1 when that is not known yet.
    long nextSeq() {
        return expected;
    }

    /// The seq of the first row decoded; -1 when there was none yet.
    long firstSeq() {
        return firstSeq;
    }

    /// Whether the last of all rows of `runs` so far says that its run ended.
    boolean stopped() {
        return stopped;
    }

    /// @param next the frame behind the loss, null when there is none
    private void damaged(long seq, Long count, String why, Frame next) {
        boolean dated = next != null && cursor.over(next.records(), 0, next.length()).next() && cursor.hasHeader();
        userRows.gap(null, seq, -1, count, lastBootNs, dated ? Math.max(cursor.bootNs(), lastBootNs) : lastBootNs, "damaged", why);
    }

    private void take(Frame frame) throws IOException {
        int start = chunk.append(frame);
        long seq = frame.firstSeq();
        long end = seq + frame.rows();
        if (repeats(frame)) {
            userRows.gap(null, seq, -1, (long) frame.rows(), lastBootNs, lastBootNs, "undecodable",
                    "a frame begins before the end of the one before it of ring " + frame.ring());
            return;
        }
        cursor.over(chunk.bytes, start, start + frame.length());
        while (cursor.next()) {
            if (!cursor.takesSeq()) {
                nameCgroup();
            } else if (seq < end) {
                record(frame, seq++);
            } else {
                damagedBytes += SpoolFormat.RECORD_PREFIX + cursor.length();
            }
        }
        if (seq < end) {
            String why = cursor.isBroken() ? "a record is longer than its frame" : "the frame says that it holds more records";
            userRows.gap(null, seq, -1, end - seq, lastBootNs, lastBootNs, "undecodable", why);
        }
    }

    /// Whether a frame holds again what an earlier one of the same ring held: no row twice.
    private boolean repeats(Frame frame) {
        if (frame.ring() == SpoolFormat.USER_RING || frame.rows() == 0) {
            return false;
        }
        boolean again = frame.from() < ends[frame.ring()];
        ends[frame.ring()] = Math.max(ends[frame.ring()], frame.to());
        return again;
    }

    private void record(Frame frame, long seq) throws IOException {
        int number = cursor.table();
        Table table = Table.ofNumber(number);
        if (!cursor.hasHeader()) {
            undecodable(null, seq, "a record of " + cursor.length() + " bytes");
        } else if (frame.ring() == SpoolFormat.USER_RING) {
            userRow(table, seq);
        } else if (table == null) {
            undecodable(null, seq, "a record of the unknown table " + number);
        } else if (layouts[number] == null) {
            undecodable(table, seq, "a record of " + table.sqlName() + ", for which the spool has no layout");
        } else if (wrong(number) != null) {
            undecodable(table, seq, "a record " + wrong(number));
        } else {
            lastBootNs = Math.max(lastBootNs, cursor.bootNs());
            if (table == Table.HEARTBEATS) {
                noteClock();
            }
            boolean demoted = table == Table.EXITS && lastClaims != null && !lastClaims.isLast(chunk.bytes, cursor.record(), seq);
            int slot = demoted ? DEMOTED : number;
            if (!chunk.add(slot, cursor.record(), cursor.length(), seq)) {
                flush();
                chunk.add(slot, cursor.record(), cursor.length(), seq);
            }
        }
    }

    /// What is wrong with the shape of a record of this table; null when nothing is.
    private String wrong(int number) {
        int size = layouts[number].size();
        if (parts[number] == null ? cursor.length() != size : cursor.length() < size) {
            return "of " + cursor.length() + " bytes instead of " + size + (parts[number] == null ? "" : " or more");
        }
        String part = parts[number] == null ? null : parts[number].misplaced(chunk.bytes, cursor.record(), cursor.length());
        return part == null ? null : "whose " + part + " lies outside of it";
    }

    private void userRow(Table table, long seq) throws IOException {
        if (table == null) {
            undecodable(null, seq, "a row of the unknown table " + cursor.table());
            return;
        }
        String json = new String(chunk.bytes.array(), cursor.record() + SpoolFormat.RECORD_HEADER,
                cursor.length() - SpoolFormat.RECORD_HEADER, StandardCharsets.UTF_8);
        try {
            Map<String, Object> row = Json.readObject(json);
            if (row.get("real_ns") instanceof Long real && row.get("real_boot_ns") instanceof Long boot) {
                clock.add(new ClockPair(real, boot, 0));
            }
            userRows.add(table, row, seq, cursor.cpu(), cursor.monoNs(), cursor.bootNs());
            lastBootNs = Math.max(lastBootNs, cursor.bootNs());
            if (table == Table.RUNS) {
                stopped = "stop".equals(row.get("event"));
            }
        } catch (IOException | IllegalArgumentException e) {
            undecodable(table, seq, "a row that is none: " + e.getMessage());
            return;
        }
        userRows.flushLarge(sink);
    }

    /// Its time is that of the last sure event: what the record itself says may be as wrong as the rest of it.
    private void undecodable(Table table, long seq, String detail) throws IOException {
        userRows.gap(table, seq, cursor.hasHeader() ? cursor.cpu() : -1, 1L, lastBootNs, lastBootNs, "undecodable", detail);
        userRows.flushLarge(sink);
    }

    private void noteClock() {
        if (heartbeat != null) {
            long real = chunk.bytes.getLong(cursor.record() + heartbeat.offsets()[0]);
            long boot = chunk.bytes.getLong(cursor.record() + heartbeat.offsets()[1]);
            clock.add(new ClockPair(real, boot, 0));
        }
    }

    private void nameCgroup() {
        if (cgroupName == null || cursor.length() < cgroupName.size()) {
            return;
        }
        long id = chunk.bytes.getLong(cursor.record() + cgroupName.offsets()[0]);
        int offset = chunk.bytes.getInt(cursor.record() + cgroupName.offsets()[1]);
        int size = chunk.bytes.getInt(cursor.record() + cgroupName.offsets()[2]);
        if (offset >= 0 && size >= 0 && offset <= cursor.length() - size) {
            cgroups.put(id, Name.of(chunk.bytes.array(), cursor.record() + offset, size));
        }
    }

    private void flush() throws IOException {
        for (int number = 0; number < Table.NUMBERS; number++) {
            Chunk.Rows rows = chunk.rows(number);
            if (rows != null && rows.count > 0) {
                sink.accept(decoder(number).decode(chunk, rows));
            }
        }
        chunk.forget();
    }

    private RecordDecoder decoder(int number) {
        if (decoders[number] == null) {
            Table table = number == DEMOTED ? Table.THREAD_EXITS : Table.ofNumber(number);
            decoders[number] = RecordDecoder.of(table, layouts[number == DEMOTED ? Table.EXITS.number() : number], context);
        }
        return decoders[number];
    }
}
