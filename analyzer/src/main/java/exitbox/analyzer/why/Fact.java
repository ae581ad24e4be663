package exitbox.analyzer.why;

import exitbox.analyzer.session.Kind;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.session.Rows.Column;
import java.util.HashMap;
import java.util.Map;

/// A row of a small answer, by the names of its columns. What is NULL, or no column at all, is null.
final class Fact {
    /// A row of which nothing is known.
    static final Fact NONE = new Fact(Map.of());

    private final Map<String, Object> values;

    private Fact(Map<String, Object> values) {
        this.values = values;
    }

    /// The row that the answer stands at.
    static Fact of(Rows rows) {
        Map<String, Object> values = new HashMap<>();
        for (int i = 0; i < rows.columns().size(); i++) {
            Column column = rows.columns().get(i);
            if (!rows.isNull(i)) {
                boolean text = column.kind() == Kind.TEXT || column.kind() == Kind.JSON;
                values.put(column.name(), text ? rows.textAt(i) : (Object) rows.longAt(i));
            }
        }
        return new Fact(values);
    }

    String text(String column) {
        return (String) values.get(column);
    }

    /// A number; of a point in time microseconds since 1970.
    Long number(String column) {
        return (Long) values.get(column);
    }

    long number(String column, long absent) {
        Long value = number(column);
        return value == null ? absent : value;
    }

    /// Whether it is TRUE.
    boolean is(String column) {
        return number(column, 0) != 0;
    }

    Object value(String column) {
        return values.get(column);
    }

    boolean has(String column) {
        return values.containsKey(column);
    }
}
