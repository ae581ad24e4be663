package exitbox.analyzer.replay;

import exitbox.analyzer.session.Row;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.Screen;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import java.util.Collection;

/// What every line of events begins with: the time, and the host when there are several. On a narrow terminal the day has a
/// line of its own when it changes, and the time alone is left.
final class LineHead {
    static final long NONE = Long.MIN_VALUE;

    private static final int TIME = 24;
    private static final int NARROW_TIME = 13;

    // 0 when there is one host only.
    private final int hostWidth;
    private final boolean narrow;
    private String day;

    LineHead(Collection<String> hosts, int screenWidth, int wideEnough) {
        int width = 0;
        if (hosts.size() > 1) {
            width = "HOST".length();
            for (String host : hosts) {
                width = Math.max(width, Screen.width(host));
            }
        }
        hostWidth = width;
        narrow = screenWidth > 0 && screenWidth < wideEnough + (hostWidth > 0 ? hostWidth + 2 : 0);
    }

    boolean hasHost() {
        return hostWidth > 0;
    }

    boolean isNarrow() {
        return narrow;
    }

    /// Forgets the day that was shown last.
    void begin() {
        day = null;
    }

    void heading(TextOut out, Timestamps times) {
        out.plain("TIME");
        if (!narrow) {
            out.plain(" (").plain(times.zoneName()).plain(")");
        }
        out.padTo((narrow ? NARROW_TIME : TIME) - 1);
        if (hostWidth > 0) {
            out.plain("  HOST").padTo((narrow ? NARROW_TIME : TIME) + 1 + hostWidth);
        }
    }

    void write(Row row, int ts, int host, TextOut out, Timestamps times, Paint paint) {
        int time = narrow ? NARROW_TIME : TIME;
        long micros = row.longOr(ts, NONE);
        if (micros == NONE) {
            out.plain('-');
        } else if (narrow) {
            day(out, times, micros, paint);
            times.timeOfDay(out, micros);
        } else {
            times.millis(out, micros);
        }
        out.padTo(time - 1);
        if (hostWidth > 0) {
            out.plain("  ").safe(row.isNull(host) ? "-" : row.textAt(host)).padTo(time + 1 + hostWidth);
        }
    }

    private void day(TextOut out, Timestamps times, long micros, Paint paint) {
        String now = times.day(micros);
        if (!now.equals(day)) {
            day = now;
            paint.begin(out, Tone.STRONG);
            out.plain("── ").plain(day).plain(" (").plain(times.zoneName()).plain(") ──");
            paint.end(out);
            out.line();
        }
    }
}
