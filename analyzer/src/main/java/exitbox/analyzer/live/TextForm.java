package exitbox.analyzer.live;

import exitbox.analyzer.replay.TextDialect;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.contract.Table;
import java.time.ZoneId;
import java.util.Collection;

/// The truth, a line per death, as `replay` shows it.
public final class TextForm implements Form {
    private final TextDialect text;
    private final EventRow row;
    private final Timestamps times;
    private final Paint paint;

    public TextForm(Collection<String> hosts, ZoneId zone, Paint paint) {
        this(hosts, zone, paint, 0);
    }

    /// @param hosts names of the hosts that will be seen, as far as they are known
    /// @param screenWidth the terminal's columns; 0 when the lines go elsewhere
    public TextForm(Collection<String> hosts, ZoneId zone, Paint paint, int screenWidth) {
        this.text = new TextDialect(screenWidth);
        this.row = new EventRow(text.columns(hosts));
        this.times = new Timestamps(zone);
        this.paint = paint;
    }

    @Override
    public void header(TextOut out, long micros) {
        text.header(out, times, paint);
    }

    @Override
    public boolean line(Event event, TextOut out) {
        if (event.table() != Table.EXITS) {
            return false;
        }
        text.line(row.at(event), out, times, paint);
        return true;
    }
}
