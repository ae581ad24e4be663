package exitbox.analyzer.replay;

import exitbox.analyzer.format.Answer;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// An object a line for each row of the tables, with all its columns that are known, the readable ones, and its table's name.
public final class EventJsonDialect implements EventDialect {
    private final Collection<Table> tables;
    private final String condition;

    /// @param condition on the columns of identities, for the tables that have them; "" for none
    public EventJsonDialect(Collection<Table> tables, String condition) {
        this.tables = tables;
        this.condition = condition;
    }

    @Override
    public Set<String> sources() {
        Set<String> sources = new HashSet<>();
        tables.forEach(table -> sources.add(table == Table.EXITS ? "deaths" : table.sqlName()));
        return sources;
    }

    @Override
    public Set<String> asked() {
        return tables.contains(Table.EXITS) ? new JsonDialect().asked() : Set.of();
    }

    @Override
    public String query(Collection<String> hosts) {
        List<String> all = new ArrayList<>();
        for (Table table : tables) {
            if (condition.isEmpty() || Contract.get().table(table).indexOf("start_boot_ns") >= 0) {
                all.add(query(table) + (condition.isEmpty() ? "" : " WHERE " + condition));
            }
        }
        return "SELECT * FROM (" + String.join(" UNION ALL BY NAME ", all) + ")";
    }

    private static String query(Table table) {
        List<String> columns = new ArrayList<>(table == Table.EXITS ? JsonDialect.allColumns() : List.of("ts", "host"));
        if (table != Table.EXITS) {
            Contract.get().table(table).columns().stream().map(Column::name)
                    .filter(name -> !columns.contains(name) && !name.equals("date") && !name.endsWith("_raw"))
                    .forEach(columns::add);
        }
        columns.add(2, "'" + table.sqlName() + "' AS \"table\"");
        columns.replaceAll(name -> name.equals("argv") ? ARGV : name);
        return "SELECT " + String.join(", ", columns) + " FROM " + (table == Table.EXITS ? "deaths" : table.sqlName()) + " AS event";
    }

    // Text where it is text; else, and for a backslash, \xNN and \\ as everywhere.
    private static final String ARGV = "list_transform(argv, lambda bytes: coalesce(replace(try(decode(bytes)), '\\', '\\\\'),"
            + " bytes::VARCHAR)) AS argv";

    @Override
    public void header(TextOut out, ZoneId zone, Paint paint) {
        // Every line stands for itself.
    }

    @Override
    public long more(Rows rows, TextOut out, ZoneId zone, Paint paint) {
        return write(rows, out, zone, paint);
    }

    @Override
    public long write(Rows rows, TextOut out, ZoneId zone, Paint paint) {
        return Answer.writeLines(rows, out, zone);
    }
}
