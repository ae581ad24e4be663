package exitbox.analyzer.replay;

import exitbox.analyzer.format.Answer;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// An object a line with all columns that are known. The `_raw` ones are left out: their readable forms are reversible.
public final class JsonDialect implements Dialect {
    private static final List<String> JOINED = List.of("cmdline", "exe", "cwd", "parent_cmdline", "killer_cmdline", "container", "runtime",
            "unit", "preexisting");

    @Override
    public Set<String> asked() {
        return Set.copyOf(JOINED);
    }

    @Override
    public String query(Reading reading) {
        return "SELECT " + String.join(", ", allColumns()) + " FROM deaths";
    }

    /// The same with those that `deaths` takes from other tables.
    static List<String> allColumns() {
        List<String> columns = columns();
        columns.addAll(JOINED);
        return columns;
    }

    /// The columns of `deaths` that an object has.
    public static List<String> columns() {
        List<String> columns = new ArrayList<>(List.of("ts", "host", "pid", "comm", "reason", "signal_name", "age_ns"));
        for (Column column : Contract.get().table(Table.EXITS).columns()) {
            if (!columns.contains(column.name()) && !column.name().equals("date") && !column.name().endsWith("_raw")) {
                columns.add(column.name());
            }
        }
        return columns;
    }

    @Override
    public long write(Rows rows, TextOut out, ZoneId zone, Paint paint) {
        return Answer.writeLines(rows, out, zone);
    }
}
