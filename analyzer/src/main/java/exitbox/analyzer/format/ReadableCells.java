package exitbox.analyzer.format;

import exitbox.analyzer.session.Kind;
import exitbox.analyzer.session.Row;
import exitbox.analyzer.session.Rows.Column;
import exitbox.analyzer.text.Ages;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import java.time.ZoneId;
import java.util.Locale;

/// Values as people say them, by the unit that a column's name ends in: `_ns` 1m23s, `_bytes` 64 MiB, `_percent` 12.5,
/// points in time to the millisecond at most, a user id that is not set as such. The headings name the units, and the zone.
final class ReadableCells extends Cells {
    private static final int LONGEST = 200;
    private static final long UNSET_ID = 4_294_967_295L;

    private final Timestamps times;

    ReadableCells(ZoneId zone) {
        super(zone, ' ');
        this.times = new Timestamps(zone);
    }

    @Override
    String heading(Column column) {
        String name = column.name();
        if (column.kind() == Kind.INSTANT) {
            String what = name.equals("ts") ? "time" : name.replaceFirst("_ts$", "");
            return words(what) + " (" + times.zoneName() + ")";
        }
        if (isDuration(column)) {
            return words(name.substring(0, name.length() - 3));
        }
        if (name.endsWith("_percent")) {
            return words(name.replaceFirst("_percent$", " %"));
        }
        return words(name.endsWith("_bytes") ? name.substring(0, name.length() - 6) : name);
    }

    // A command line may have megabytes; every other form has them.
    @Override
    String brief(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST ? text : text.substring(0, text.offsetByCodePoints(0, LONGEST - 1)) + "…";
    }

    @Override
    String nullText() {
        return "-";
    }

    @Override
    void write(TextOut out, Row row, int index, Kind kind) {
        Column column = row.columns().get(index);
        if (kind == Kind.INSTANT) {
            instant(out, column.name(), row.longAt(index));
        } else if (isDuration(column)) {
            out.plain(Ages.text(row.longAt(index)));
        } else if (kind == Kind.INTEGER && column.name().endsWith("_bytes")) {
            out.plain(Counts.bytes(row.longAt(index)));
        } else if (kind == Kind.REAL && column.name().endsWith("_percent")) {
            out.plain(String.format(Locale.ROOT, "%.1f", row.realAt(index)));
        } else if (kind == Kind.INTEGER && column.name().endsWith("uid") && row.longAt(index) == UNSET_ID) {
            out.plain("unset");
        } else {
            super.write(out, row, index, kind);
        }
    }

    // As exact as the question: what is cut to minutes has no seconds, and a span is wide enough without its milliseconds.
    private void instant(TextOut out, String name, long micros) {
        if (name.equals("minute_ts")) {
            times.minute(out, micros);
        } else if (name.equals("first_ts") || name.equals("last_ts")) {
            times.seconds(out, micros);
        } else {
            times.millis(out, micros);
        }
    }

    // Not points on a clock (boot_ns, start_mono_ns, real_ns), nor namespaces (pid_ns, mnt_ns).
    private static boolean isDuration(Column column) {
        return column.kind() == Kind.INTEGER && column.name().endsWith("_ns")
                && !column.name().matches("(.*_)?(boot|mono|real|pid|mnt)_ns");
    }

    private static String words(String name) {
        return name.replace('_', ' ');
    }
}
