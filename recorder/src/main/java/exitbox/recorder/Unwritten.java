package exitbox.recorder;

import exitbox.recorder.kernel.Tally;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.RecordCursor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Events that were taken out of the rings and not written, because there was no room for them: by table and CPU, as rows
/// of `gaps`. Bounded, however many they are.
final class Unwritten {
    // Not a column: all that a row and those before it tell of, for a recorder that takes over.
    static final String TOTAL = "unwritten_total";

    private final Tally tally;
    private final Map<Long, Loss> losses = new TreeMap<>();
    private final RecordCursor cursor = new RecordCursor();
    private final long[] totals = new long[Table.NUMBERS];

    private static final class Loss {
        final int table;
        final int cpu;
        final long firstBootNs;
        long lastBootNs;
        long count;

        Loss(int table, int cpu, long bootNs) {
            this.table = table;
            this.cpu = cpu;
            this.firstBootNs = bootNs;
        }
    }

    /// @param tally where they are counted too, beside the kernel's counts
    Unwritten(Tally tally) {
        this.tally = tally;
    }

    /// Counts records as they stand in a ring. In the tally they count when that is settled.
    void add(MemorySegment records) {
        ByteBuffer bytes = records.asByteBuffer().order(ByteOrder.nativeOrder());
        cursor.over(bytes, 0, bytes.limit());
        while (cursor.next()) {
            if (cursor.hasHeader() && cursor.takesSeq()) {
                int table = cursor.table();
                int cpu = cursor.cpu();
                Loss loss = losses.computeIfAbsent((long) table << 32 | cpu, _ -> new Loss(table, cpu, cursor.bootNs()));
                loss.count++;
                tally.notWritten(cpu, table);
                totals[table & (totals.length - 1)]++;
                loss.lastBootNs = Math.max(loss.lastBootNs, cursor.bootNs());
            }
        }
    }

    /// How many since the last [#take].
    long count() {
        return losses.values().stream().mapToLong(loss -> loss.count).sum();
    }

    /// How many from the beginning on, by table number.
    long[] totals() {
        return totals.clone();
    }

    /// A row for each table and CPU; from here on counts anew.
    ///
    /// @param why a sentence for people
    List<Map<String, Object>> take(String why) {
        List<Map<String, Object>> gaps = new ArrayList<>();
        for (Loss loss : losses.values()) {
            Table table = Table.ofNumber(loss.table);
            Map<String, Object> gap = new LinkedHashMap<>();
            gap.put("cpu", (long) loss.cpu);
            gap.put("table_name", table == null ? null : table.sqlName());
            gap.put("count", loss.count);
            gap.put("first_boot_ns", loss.firstBootNs);
            gap.put("last_boot_ns", loss.lastBootNs);
            gap.put("cause", "disk_full");
            gap.put("detail", why);
            gap.put(TOTAL, tally.unwritten(loss.cpu, loss.table));
            gaps.add(gap);
        }
        losses.clear();
        return gaps;
    }
}
