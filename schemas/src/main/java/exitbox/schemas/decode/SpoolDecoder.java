package exitbox.schemas.decode;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.rows.RowSink;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.Frame;
import exitbox.schemas.spool.SpoolFormat;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolReader;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Makes rows of a spool's records, in one pass and with bounded memory.
///
/// Nothing is passed over in silence: a record of an unknown table, of a wrong size or without
/// meaning becomes a row of `gaps` (cause `undecodable`) that takes its seq, and a stretch whose
/// checksum failed one with the number of rows it held (cause `damaged`).
///
/// Where the kernel cannot tell which thread was the last (exit hook `live`), two may have claimed
/// it: the last record of a process is its death, the earlier ones become rows of `thread_exits`.
public final class SpoolDecoder {
    private final SpoolReader reader;
    private final SpoolHeader header;
    private final RowSink sink;
    private final ClockLine clock = new ClockLine();
    private final CgroupNames cgroups;
    private final Chunk chunk = new Chunk();
    private final RecordDecoder[] decoders = new RecordDecoder[Table.NUMBERS];
    private final RecordLayout[] layouts = new RecordLayout[Table.NUMBERS];
    private final UserRows userRows;
    private final Map<Identity, Long> lastClaims;
    private final RecordLayout cgroupLayout;

    private RecordDecoder demoted;
    private boolean stopped;
    private long lastBootNs;

    private record Identity(int pid, long startBootNs) {
    }

    /// What a decoded spool held. `stopped` says that its run ended with a stop row.
    public record Summary(SpoolHeader header, long nextSeq, long lastBootNs, boolean stopped, long damagedBytes, long tornBytes) {
    }

    private SpoolDecoder(SpoolReader reader, RowSink sink, CgroupNames cgroups, Map<Identity, Long> lastClaims) {
        this.reader = reader;
        this.header = reader.header();
        this.sink = sink;
        this.cgroups = cgroups;
        this.lastClaims = lastClaims;
        this.lastBootNs = header.clock().bootNs();
        clock.add(header.clock());
        Days days = new Days();
        RecordDecoder.Context context = new RecordDecoder.Context(header, clock, new NameCache(), cgroups, days);
        this.userRows = new UserRows(header, clock, days);
        RecordDecoder.STRUCTS.forEach((table, struct) -> {
            RecordLayout layout = RecordDecoder.find(header.layouts(), struct);
            if (layout != null) {
                layouts[table.number()] = layout;
                decoders[table.number()] = RecordDecoder.of(table, layout, context);
            }
        });
        RecordLayout exits = layouts[Table.EXITS.number()];
        if (lastClaims != null && exits != null) {
            demoted = RecordDecoder.of(Table.THREAD_EXITS, exits, context);
        }
        this.cgroupLayout = RecordDecoder.find(header.layouts(), "cgroup_name_record");
    }

    /// What the layouts lack that this version decodes: a sentence each, none when they fit.
    public static List<String> misfits(List<RecordLayout> layouts) {
        List<String> wrong = RecordDecoder.misfits(layouts);
        if (RecordDecoder.find(layouts, "cgroup_name_record") == null) {
            wrong.add("no struct cgroup_name_record");
        }
        return wrong;
    }

    /// Pours a spool's rows into the sink, table by table in the order of seq.
    public static Summary decode(Path spool, CgroupNames cgroups, RowSink sink) throws IOException {
        Map<Identity, Long> lastClaims = null;
        try (SpoolReader first = SpoolReader.open(spool)) {
            if ("live".equals(first.header().exitHook())) {
                lastClaims = lastClaims(first);
            }
        }
        try (SpoolReader reader = SpoolReader.open(spool)) {
            return new SpoolDecoder(reader, sink, cgroups, lastClaims).run();
        }
    }

    private Summary run() throws IOException {
        long damaged = 0;
        long expected = -1;
        for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
            if (reader.damagedBytes() > damaged && expected >= 0 && frame.firstSeq() > expected) {
                userRows.gap(null, expected, -1, frame.firstSeq() - expected, lastBootNs, lastBootNs, "damaged",
                        (reader.damagedBytes() - damaged) + " bytes of the spool failed their checksum");
            }
            damaged = reader.damagedBytes();
            expected = reader.nextSeq();
            take(frame);
        }
        flush();
        userRows.flush(sink);
        return new Summary(header, reader.nextSeq(), lastBootNs, stopped, reader.damagedBytes(), reader.tornBytes());
    }

    private void take(Frame frame) throws IOException {
        int start = chunk.append(frame);
        long seq = frame.firstSeq();
        int end = start + frame.length();
        int place = start;
        while (place + SpoolFormat.RECORD_PREFIX <= end) {
            int word = chunk.bytes.getInt(place);
            int length = word & ~(SpoolFormat.BUSY | SpoolFormat.DISCARDED);
            int record = place + SpoolFormat.RECORD_PREFIX;
            if (length > end - record) {
                undecodable(null, seq++, -1, lastBootNs, "a record is longer than its frame");
                break;
            }
            if ((word & SpoolFormat.DISCARDED) == 0) {
                seq = record(frame, record, length, seq);
            }
            place = record + SpoolFormat.aligned(length);
        }
        if (chunk.isFull()) {
            flush();
            chunk.clear();
        }
    }

    /// Takes one record; returns the seq of the next.
    private long record(Frame frame, int record, int length, long seq) throws IOException {
        if (length < SpoolFormat.RECORD_HEADER) {
            undecodable(null, seq, -1, lastBootNs, "a record of " + length + " bytes");
            return seq + 1;
        }
        int number = chunk.bytes.getInt(record + SpoolFormat.TABLE_OFFSET);
        int cpu = chunk.bytes.getInt(record + SpoolFormat.CPU_OFFSET);
        long bootNs = chunk.bytes.getLong(record + SpoolFormat.BOOT_OFFSET);
        if (number == Table.CGROUP_NAMES) {
            nameCgroup(record, length);
            return seq;
        }
        Table table = Table.ofNumber(number);
        lastBootNs = Math.max(lastBootNs, bootNs);
        if (frame.ring() == SpoolFormat.USER_RING) {
            userRow(table, number, record, length, seq, cpu, bootNs);
        } else if (table == null || decoders[number] == null) {
            undecodable(null, seq, cpu, bootNs, "a record of the unknown table " + number);
        } else if (length != layouts[number].size()) {
            undecodable(table, seq, cpu, bootNs, "a record of " + length + " bytes instead of " + layouts[number].size());
        } else {
            if (table == Table.HEARTBEATS) {
                noteClock(record);
            }
            int slot = lastClaims != null && table == Table.EXITS && !isLastClaim(record, seq) ? 0 : number;
            if (!chunk.add(slot, record, length, seq)) {
                flush();
                chunk.add(slot, record, length, seq);
            }
        }
        return seq + 1;
    }

    private void userRow(Table table, int number, int record, int length, long seq, int cpu, long bootNs) throws IOException {
        if (table == null) {
            undecodable(null, seq, cpu, bootNs, "a row of the unknown table " + number);
            return;
        }
        String json = new String(chunk.bytes.array(), record + SpoolFormat.RECORD_HEADER, length - SpoolFormat.RECORD_HEADER,
                StandardCharsets.UTF_8);
        try {
            Map<String, Object> row = Json.readObject(json);
            if (row.get("real_ns") instanceof Long real && row.get("real_boot_ns") instanceof Long boot) {
                clock.add(new ClockPair(real, boot, 0));
            }
            stopped |= table == Table.RUNS && "stop".equals(row.get("event"));
            userRows.add(table, row, seq, cpu, chunk.bytes.getLong(record + SpoolFormat.MONO_OFFSET), bootNs);
        } catch (IOException | IllegalArgumentException e) {
            undecodable(table, seq, cpu, bootNs, "a row that is no JSON");
        }
    }

    private void undecodable(Table table, long seq, int cpu, long bootNs, String detail) {
        userRows.gap(table, seq, cpu, 1, bootNs, bootNs, "undecodable", detail);
    }

    private void noteClock(int record) {
        RecordLayout layout = layouts[Table.HEARTBEATS.number()];
        long real = chunk.bytes.getLong(record + layout.field("real_ns").offset());
        long boot = chunk.bytes.getLong(record + layout.field("real_boot_ns").offset());
        clock.add(new ClockPair(real, boot, 0));
    }

    private void nameCgroup(int record, int length) {
        if (cgroupLayout == null || length < cgroupLayout.size()) {
            return;
        }
        long id = chunk.bytes.getLong(record + cgroupLayout.field("cgroup_id").offset());
        int offset = chunk.bytes.getInt(record + cgroupLayout.field("path_offset").offset());
        int size = chunk.bytes.getInt(record + cgroupLayout.field("path_length").offset());
        if (offset >= 0 && size >= 0 && offset <= length - size) {
            cgroups.put(id, Name.of(chunk.bytes.array(), record + offset, size));
        }
    }

    private void flush() throws IOException {
        for (int number = 0; number < Table.NUMBERS; number++) {
            Chunk.Rows rows = chunk.rows(number);
            if (rows != null && rows.count > 0) {
                sink.accept((number == 0 ? demoted : decoders[number]).decode(chunk, rows));
                rows.count = 0;
            }
        }
        if (userRows.isLarge()) {
            userRows.flush(sink);
        }
    }

    private boolean isLastClaim(int record, long seq) {
        RecordLayout layout = layouts[Table.EXITS.number()];
        return lastClaims.get(identity(chunk.bytes, record, layout)) == seq;
    }

    private static Identity identity(ByteBuffer data, int record, RecordLayout layout) {
        return new Identity(data.getInt(record + layout.field("pid").offset()),
                data.getLong(record + layout.field("start_boot_ns").offset()));
    }

    /// For each process that claims to have died, the seq of its last claim.
    private static Map<Identity, Long> lastClaims(SpoolReader reader) throws IOException {
        Map<Identity, Long> claims = new HashMap<>();
        RecordLayout layout = RecordDecoder.find(reader.header().layouts(), "exit_record");
        for (Frame frame = reader.next(); frame != null && layout != null; frame = reader.next()) {
            long seq = frame.firstSeq();
            int place = 0;
            while (frame.ring() != SpoolFormat.USER_RING && place + SpoolFormat.RECORD_PREFIX <= frame.length()) {
                int word = frame.records().getInt(place);
                int length = word & ~(SpoolFormat.BUSY | SpoolFormat.DISCARDED);
                int record = place + SpoolFormat.RECORD_PREFIX;
                if (length > frame.length() - record) {
                    break;
                }
                int table = length < SpoolFormat.RECORD_HEADER ? 0 : frame.records().getInt(record);
                if ((word & SpoolFormat.DISCARDED) == 0 && table != Table.CGROUP_NAMES) {
                    if (table == Table.EXITS.number() && length == layout.size()) {
                        claims.put(identity(frame.records(), record, layout), seq);
                    }
                    seq++;
                }
                place = record + SpoolFormat.aligned(length);
            }
        }
        return claims;
    }
}
