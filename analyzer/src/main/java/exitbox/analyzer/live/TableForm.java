package exitbox.analyzer.live;

import exitbox.analyzer.replay.EventDialect;
import exitbox.analyzer.session.Handful;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Table;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Set;

/// Events of several kinds, as `replay --table` shows them: the same views are asked, over the rows that came together.
public final class TableForm implements Form, AutoCloseable {
    private final Set<Table> tables;
    private final EventDialect dialect;
    private final ZoneId zone;
    private final Paint paint;
    private final Handful rows;
    private final String query;

    /// @param dialect the one that what was recorded before is written in
    /// @param hosts names of the hosts that will be seen, as far as they are known
    public TableForm(Set<Table> tables, EventDialect dialect, Collection<String> hosts, Path folder, ZoneId zone, Paint paint) {
        this.tables = tables;
        this.dialect = dialect;
        this.zone = zone;
        this.paint = paint;
        this.rows = Handful.of(dialect.sources(), folder, zone);
        this.query = dialect.query(hosts) + (hosts.size() > 1 ? " ORDER BY ts, host, seq" : " ORDER BY boot_ns, seq");
    }

    @Override
    public void header(TextOut out, long micros) {
        dialect.header(out, zone, paint);
    }

    @Override
    public boolean line(Event event, TextOut out) {
        if (!tables.contains(event.table())) {
            return false;
        }
        event.into(rows);
        return true;
    }

    @Override
    public void end(TextOut out) {
        rows.take();
        try (Rows answer = rows.query(query)) {
            dialect.more(answer, out, zone, paint);
        }
        rows.clear();
    }

    @Override
    public void close() {
        rows.close();
    }
}
