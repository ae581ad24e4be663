package exitbox.schemas.decode;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.Type;
import exitbox.schemas.rows.RowBuilder;
import exitbox.schemas.rows.RowSink;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.text.Escape;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Rows that were made in user space, and the gaps found while decoding.
final class UserRows {
    private static final int LARGE = 1024;

    private final SpoolHeader header;
    private final ClockLine clock;
    private final Days days;
    private final Map<Table, RowBuilder> builders = new EnumMap<>(Table.class);

    UserRows(SpoolHeader header, ClockLine clock, Days days) {
        this.header = header;
        this.clock = clock;
        this.days = days;
    }

    /// Adds a row; what every table has is added to it, cpu and the times only where it does not say them itself.
    /// An [IllegalArgumentException] says what is wrong with a value that does not fit its column. Bytes stand in JSON in
    /// their printable form (see [Escape]).
    void add(Table table, Map<String, Object> row, long seq, int cpu, Long monoNs, long bootNs) {
        Map<String, Object> whole = new HashMap<>();
        whole.put("cpu", (long) cpu);
        whole.put("mono_ns", monoNs);
        TableContract contract = Contract.get().table(table);
        row.forEach((name, value) -> whole.put(name, isBinary(contract, name) ? bytes(value) : value));
        // Not even as NULL may a row leave these out: files and folders are ordered by them.
        whole.putIfAbsent("boot_ns", bootNs);
        whole.putIfAbsent("ts", clock.microsAt(bootNs));
        whole.putIfAbsent("date", days.of(clock.microsAt(bootNs)));
        whole.put("host", header.host());
        whole.put("boot_id", header.bootId());
        whole.put("seq", seq);
        builders.computeIfAbsent(table, _ -> new RowBuilder(contract)).add(whole, true);
    }

    private static boolean isBinary(TableContract table, String column) {
        int index = table.indexOf(column);
        return index >= 0 && table.columns().get(index).type() == Type.BINARY;
    }

    private static Object bytes(Object value) {
        return switch (value) {
            case String text -> Escape.unescape(text);
            case List<?> list -> list.stream().map(UserRows::bytes).toList();
            case null, default -> value;
        };
    }

    void gap(Table table, long seq, int cpu, Long count, long firstBootNs, long lastBootNs, String cause, String detail) {
        Map<String, Object> row = new HashMap<>();
        row.put("table_name", table == null ? null : table.sqlName());
        row.put("count", count);
        row.put("first_boot_ns", firstBootNs);
        row.put("last_boot_ns", lastBootNs);
        row.put("cause", cause);
        row.put("detail", detail);
        add(Table.GAPS, row, seq, cpu, null, lastBootNs);
    }

    /// Passes on what has grown large, so that any number of rows takes little memory.
    void flushLarge(RowSink sink) throws IOException {
        for (RowBuilder builder : builders.values()) {
            if (builder.size() >= LARGE) {
                sink.accept(builder.build());
            }
        }
    }

    void flush(RowSink sink) throws IOException {
        for (RowBuilder builder : builders.values()) {
            if (builder.size() > 0) {
                sink.accept(builder.build());
            }
        }
    }
}
