package exitbox.analyzer.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.View;
import exitbox.schemas.rows.RowBuilder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the view `deaths` adds to `exits` is the same in a live line.
class EventRowTest {
    private static final List<String> NAMES = List.of("reason", "signal_name", "age_ns");

    @Test
    void everyCodeAndSignalHasTheViewsWords() throws Exception {
        EventRow row = new EventRow(NAMES);
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = connection.createStatement()) {
            for (Table table : Table.values()) {
                statement.execute(Contract.get().table(table).ddl());
            }
            for (View view : Contract.get().views()) {
                statement.execute(view.sql());
            }
            List<Event> events = new ArrayList<>();
            StringBuilder inserts = new StringBuilder();
            for (int i = 0; i < 256 + 2 * 128; i++) {
                Map<String, Object> values = new HashMap<>(Map.of("host", "web1", "boot_id", "b", "seq", (long) i, "mono_ns", 70L));
                values.put("start_mono_ns", i % 2 == 0 ? 20L : null);
                values.put(i < 256 ? "code" : "signal", (long) (i < 256 ? i : (i - 256) / 2));
                values.put("core_dumped", i < 256 ? null : i % 2 == 1);
                RowBuilder builder = new RowBuilder(Contract.get().table(Table.EXITS));
                builder.add(values, false);
                events.add(Event.of(builder.build())[0]);
                inserts.append(i == 0 ? "" : ", ").append("('web1', 'b', ").append(i).append(", 70, ").append(values.get("start_mono_ns"))
                        .append(", ").append(values.get("code")).append(", ").append(values.get("signal")).append(", ")
                        .append(values.get("core_dumped")).append(')');
            }
            statement.execute(
                    "INSERT INTO exits (host, boot_id, seq, mono_ns, start_mono_ns, code, signal, core_dumped) VALUES " + inserts);
            try (ResultSet rows = statement.executeQuery("SELECT " + String.join(", ", NAMES) + " FROM deaths ORDER BY seq")) {
                for (Event event : events) {
                    assertTrue(rows.next());
                    row.at(event);
                    assertEquals(rows.getString(1), row.textAt(0));
                    assertEquals(rows.getString(2), row.textAt(1));
                    assertEquals(rows.getObject(3) == null, row.isNull(2));
                    if (!row.isNull(2)) {
                        assertEquals(rows.getLong(3), row.longAt(2));
                    }
                }
            }
        }
    }
}
