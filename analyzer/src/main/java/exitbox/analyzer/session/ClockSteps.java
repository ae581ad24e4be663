package exitbox.analyzer.session;

import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.Ages;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.contract.Table;
import java.time.Instant;
import java.util.EnumMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Says where the wall clock misleads within the time an answer is about: times that came twice because the clock was
/// set back, times that never came because it was set forward, and the machine's sleep.
final class ClockSteps {
    // What NTP moves in one go is of no use to a reader.
    private static final long LEAST_NS = 1_000_000_000L;
    private static final int NAMED = 3;

    private enum Kind {
        BACK, FORWARD, SLEPT
    }

    private final Reading reading;
    private final Timestamps times;
    private final Map<Kind, List<String>> found = new EnumMap<>(Kind.class);

    ClockSteps(Reading reading) {
        this.reading = reading;
        this.times = new Timestamps(reading.zone());
    }

    void note(Notices notices, String hosts) {
        String sql = "SELECT host, kind, step_ns, real_ns FROM " + reading.whole(Table.CLOCK_STEPS) + hosts
                + (hosts.isEmpty() ? " WHERE " : " AND ") + "abs(step_ns) >= " + LEAST_NS + " AND real_ns IS NOT NULL ORDER BY host, seq";
        try (Rows rows = reading.session().query(sql, false)) {
            while (rows.next()) {
                take(rows.textAt(0), "suspend".equals(rows.textAt(1)), rows.longAt(2), rows.longAt(3));
            }
        }
        found.forEach((kind, spans) -> {
            int more = spans.size() - NAMED;
            String named =
                    String.join(", ", spans.subList(0, Math.min(NAMED, spans.size()))) + (more > 0 ? ", and " + more + " times more" : "");
            notices.note(switch (kind) {
                case BACK -> "the clock was set back " + named + ": these times came twice, and what happened in both is in the answer";
                case FORWARD -> "the clock was set forward " + named + ": these times never came";
                case SLEPT -> "the machine slept " + named + ": ages do not count that";
            });
        });
    }

    private void take(String host, boolean suspend, long stepNs, long realNs) {
        Instant after = instant(realNs);
        Instant before = instant(realNs - stepNs);
        boolean back = stepNs < 0;
        if (!reading.span().touches(back ? after : before, back ? before : after)) {
            return;
        }
        Kind kind = suspend ? Kind.SLEPT : back ? Kind.BACK : Kind.FORWARD;
        String of = reading.hosts().size() > 1 ? " (" + host + ")" : "";
        String span =
                (suspend ? "from " : "by " + Ages.text(Math.abs(stepNs)).strip() + ", from ") + times.brief(before, " to ", after) + of;
        found.computeIfAbsent(kind, _ -> new ArrayList<>()).add(span);
    }

    private static Instant instant(long ns) {
        return Window.ofMicros(Math.floorDiv(ns, 1_000L));
    }
}
