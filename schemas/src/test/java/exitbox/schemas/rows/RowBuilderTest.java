package exitbox.schemas.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.Rows;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Rows by name become columns; what does not fit its column is refused at once, not when a file is written.
class RowBuilderTest {
    private static final TableContract TABLE = table();

    private static TableContract table() {
        List<Column> columns = new ArrayList<>();
        for (Type type : Type.values()) {
            columns.add(new Column(type.name().toLowerCase(), type, false, false, "A value."));
            columns.add(new Column(type.name().toLowerCase() + "s", type, true, false, "Values."));
        }
        return new TableContract(Table.EXITS, "A row.", columns, "");
    }

    @Test
    void valuesOfEveryType() {
        Map<String, Object> row = Map.ofEntries(Map.entry("int32", -1L), Map.entry("int64", Long.MIN_VALUE), Map.entry("boolean", true),
                Map.entry("double", 0.5), Map.entry("string", "Grüße"), Map.entry("binary", new byte[]{-1, 0}), Map.entry("timestamp", 7L),
                Map.entry("int32s", List.of()), Map.entry("int64s", Arrays.asList(1L, null)), Map.entry("booleans", List.of(false)),
                Map.entry("doubles", List.of(1L, 1.5)), Map.entry("strings", List.of("a", "")), Map.entry("binarys", List.of("x")));
        RowBuilder builder = new RowBuilder(TABLE);
        builder.add(row, false);
        builder.add(Map.of("int32", 5), false);
        Rows rows = new Rows();
        rows.accept(builder.build());
        Map<String, Object> got = rows.table(Table.EXITS).getFirst();
        assertEquals(
                Arrays.asList(-1L, Long.MIN_VALUE, true, 0.5, "Grüße", "\u00ff\0", 7L, List.of(), Arrays.asList(1L, null), List.of(false),
                        List.of(1.0, 1.5),
                        List.of("a", ""), List.of("x"), null),
                Arrays.asList(got.get("int32"), got.get("int64"), got.get("boolean"), got.get("double"), got.get("string"),
                        got.get("binary"), got.get("timestamp"),
                        got.get("int32s"), got.get("int64s"), got.get("booleans"), got.get("doubles"), got.get("strings"),
                        got.get("binarys"),
                        got.get("timestamps")));
        Map<String, Object> second = rows.table(Table.EXITS).get(1);
        second.remove("int32");
        assertEquals(List.of(), second.values().stream().filter(value -> value != null).toList(), "what is not named is NULL");
        assertEquals(0, builder.size());
    }

    @Test
    void whatDoesNotFitIsRefused() {
        RowBuilder builder = new RowBuilder(TABLE);
        Map<String,
                List<Object>> wrong = Map.of("int32", List.of("1", 1L << 31, 1.0, true, List.of()), "int64", List.of("1", 1.0), "boolean",
                        List.of(1L, "true"),
                        "double", List.of("0.5", true), "string", List.of(1L, true, List.of("a")), "binary", List.of(1L), "timestamp",
                        List.of("now", 1.0), "int64s",
                        List.of(1L, List.of("x"), List.of(1L, 1.5)), "strings", List.of("a", List.of(1L)), "unknown", List.of(1L));
        wrong.forEach((column, values) -> {
            for (Object value : values) {
                var refused = assertThrows(IllegalArgumentException.class, () -> builder.add(Map.of(column, value), false),
                        column + " = " + value);
                assertTrue(refused.getMessage().contains(column), refused.getMessage());
            }
        });
        assertEquals(0, builder.size());
        builder.add(Map.of("unknown", 1L), true);
        assertEquals(1, builder.size(), "a newer recorder's column is left out when that is asked for");
    }
}
