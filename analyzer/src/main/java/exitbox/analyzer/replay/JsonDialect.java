package exitbox.analyzer.replay;

import exitbox.analyzer.format.Answer;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import java.time.ZoneId;

/// An object a line with all columns that are known. The `_raw` ones are left out: their readable forms are reversible.
final class JsonDialect implements Dialect {
    @Override
    public String query(Reading reading) {
        return "SELECT ts, host, pid, comm, * EXCLUDE (ts, host, pid, comm, date, COLUMNS('.*_raw')) FROM deaths";
    }

    @Override
    public long write(Rows rows, TextOut out, ZoneId zone, Paint paint) {
        return Answer.writeLines(rows, out, zone);
    }
}
