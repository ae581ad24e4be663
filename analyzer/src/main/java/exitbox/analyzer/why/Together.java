package exitbox.analyzer.why;

import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.Timestamps;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The page's part on those that died with it: a line each, in the order of time, the first of a cascade marked.
final class Together {
    private static final int FELLOWS = 8;

    private final Sheet sheet;
    private final Explanation why;
    private final Death death;
    private final Timestamps times;
    private final Invocation invocation;

    Together(Sheet sheet, Explanation why, Timestamps times, Invocation invocation) {
        this.sheet = sheet;
        this.why = why;
        this.death = why.death();
        this.times = times;
        this.invocation = invocation;
    }

    void write() {
        Fellow.Minute minute = why.minute();
        if (minute.deaths() == 0) {
            return;
        }
        sheet.heading("WHO ELSE DIED WITHIN A MINUTE");
        List<Fellow> shown = shown(minute.fellows());
        boolean placed = shown.isEmpty();
        for (Fellow fellow : shown) {
            if (!placed && fellow.bootNs() > death.bootNs()) {
                self();
                placed = true;
            }
            sheet.row(line(fellow.row(), fellow == why.first(), tie(fellow.ties().getFirst())), null);
        }
        if (!placed) {
            self();
        }
        if (minute.total() > shown.size()) {
            sheet.note("and " + Counts.text(minute.total() - shown.size()) + " more that have to do with it");
        }
        long strangers = minute.deaths() - minute.total();
        if (strangers > 0) {
            long failures = minute.failures() - minute.failedKin();
            String other = minute.total() == 0 ? "" : "other ";
            sheet.note((failures == strangers ? Counts.of(failures, other + "failure") : Counts.of(strangers, other + "death"))
                    + ", unrelated as far as is known"
                    + (failures > 0 && failures < strangers ? ", " + Counts.of(failures, "failure") + " among them" : "")
                    + (death.micros() == null ? "." : ":"));
            if (death.micros() != null) {
                sheet.command("", invocation.replay(death.micros()));
            }
        }
    }

    /// The first one, which may be the cause, and those next to the death.
    private List<Fellow> shown(List<Fellow> all) {
        if (all.size() <= FELLOWS) {
            return all;
        }
        int next = 0;
        while (next < all.size() && all.get(next).bootNs() <= death.bootNs()) {
            next++;
        }
        int from = Math.clamp(next - FELLOWS / 2, 1, all.size() - FELLOWS + 1);
        List<Fellow> shown = new ArrayList<>(List.of(why.first() == null ? all.getFirst() : why.first()));
        all.subList(from, from + FELLOWS - 1).stream().filter(fellow -> fellow != shown.getFirst()).forEach(shown::add);
        shown.sort(Comparator.comparing(Fellow::bootNs));
        return shown;
    }

    private void self() {
        sheet.row(line(death.row(), why.isFirst(), "this one"), Tone.STRONG);
    }

    /// A cascade has a first one, which may be its cause.
    private String line(Fact row, boolean first, String tie) {
        String end = row.has("signal") ? Names.signal(row.number("signal")) + (row.is("core_dumped") ? " (core)" : "")
                : row.has("code") ? "exit " + row.number("code") : "unknown";
        return String.format("%-5s  %-12s  %7d  %s  %-14s  %s", first ? "first" : "", row.has("us") ? time(row.number("us")) : "-",
                row.number("pid", 0), Names.pad(row.text("comm") == null ? "-" : row.text("comm"), 15), end, tie);
    }

    private String time(long micros) {
        String time = times.brief(Window.ofMicros(micros)).substring(11);
        return time.length() == 8 ? time + ".000" : time;
    }

    private static String tie(String tie) {
        return switch (tie) {
            case "sender" -> "same sender";
            case "parent" -> "its parent";
            case "child" -> "its child";
            case "sibling" -> "same parent";
            default -> "same cgroup";
        };
    }
}
