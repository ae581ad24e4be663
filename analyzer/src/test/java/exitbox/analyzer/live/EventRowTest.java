package exitbox.analyzer.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.View;
import exitbox.schemas.rows.RowBuilder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
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
            for (int i = 0; i < 256 + 2 * 128; i++) {
                Map<String, Object> values = new HashMap<>(Map.of("host", "web1", "boot_id", "b", "seq", (long) i, "mono_ns", 70L));
                values.put("start_mono_ns", i % 2 == 0 ? 20L : null);
                values.put(i < 256 ? "code" : "signal", (long) (i < 256 ? i : (i - 256) / 2));
                values.put("core_dumped", i < 256 ? null : i % 2 == 1);
                RowBuilder builder = new RowBuilder(Contract.get().table(Table.EXITS));
                builder.add(values, false);
                Event event = Event.of(builder.build())[0];
                statement.execute("DELETE FROM exits");
                statement.execute("INSERT INTO exits BY NAME SELECT 'web1' AS host, 'b' AS boot_id, " + i + " AS seq, 70 AS mono_ns, "
                        + values.get("start_mono_ns") + " AS start_mono_ns, " + values.get("code") + " AS code, " + values.get("signal")
                        + " AS signal, " + values.get("core_dumped") + " AS core_dumped");
                try (ResultSet rows = statement.executeQuery("SELECT " + String.join(", ", NAMES) + " FROM deaths")) {
                    rows.next();
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
