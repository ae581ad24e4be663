package exitbox.analyzer.replay;

import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import java.time.ZoneId;
import java.util.Collection;

/// A form for events of several kinds, which can go on with those that come later.
public sealed interface EventDialect extends Dialect permits EventTextDialect, EventJsonDialect {
    @Override
    default String query(Reading reading) {
        return query(reading.hosts());
    }

    /// The query for its rows, when these hosts are to be seen.
    String query(Collection<String> hosts);

    /// Writes what stands above all lines.
    void header(TextOut out, ZoneId zone, Paint paint);

    /// Writes rows behind those written before; returns how many there were.
    long more(Rows rows, TextOut out, ZoneId zone, Paint paint);
}
