package exitbox.analyzer.why;

import exitbox.analyzer.filter.Window;
import exitbox.analyzer.session.Reading;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which death is meant, of all that the filters and a person's word leave.
///
/// Without a word it is the latest by a signal, except SIGPIPE, which pipes bring about every day; when there is none, the
/// latest with a code other than 0. With a word it is the latest that failed; when none did, the latest. With a time it is
/// the nearest to it, where a time to the minute means that minute.
public final class Choice {
    private static final Pattern MINUTE = Pattern.compile("(?:^|[ t])\\d{1,2}:\\d{2}(?![:\\d])");
    private static final Pattern SECOND = Pattern.compile(":\\d{2}:\\d{2}(?![.,])");
    private static final Pattern FRACTION = Pattern.compile("[.,](\\d{1,6})(?!\\d)");

    /// @param matches the chosen one first, then the others, newest first
    /// @param total how many there are, those beyond the list included
    record Matches(List<Fact> matches, long total) {
    }

    private final String condition;
    private final boolean named;
    private final Window at;

    /// @param condition which deaths of the filtered table `exits`, there called `e`, are meant; null for all
    /// @param named whether somebody chose processes, and so may mean one that ended well
    /// @param at the time that was given; null for none
    public Choice(String condition, boolean named, Window at) {
        this.condition = condition;
        this.named = named;
        this.at = at;
    }

    /// The stretch of time that a word for a point in time means: a minute when that is all it says.
    public static Window meant(String word, Instant from) {
        String text = word.strip().toLowerCase(java.util.Locale.ROOT);
        Matcher fraction = FRACTION.matcher(text);
        long micros = MINUTE.matcher(text).find() ? 60_000_000 : SECOND.matcher(text).find() ? 1_000_000
                : fraction.find() ? (long) Math.pow(10, 6 - fraction.group(1).length()) : 1;
        return new Window(from, from.plusNanos(micros * 1_000));
    }

    /// @param others how many besides the chosen one
    Matches find(Reading reading, int others) {
        Recorded recorded = new Recorded(reading);
        String where = " FROM exits AS e WHERE " + (condition == null ? "true" : condition) + (named ? "" : " AND status <> 0");
        String severity = named ? "status IS NOT DISTINCT FROM 0" : "coalesce(signal = 13, true)";
        String nearness = at == null ? ""
                : "greatest(0, " + Window.micros(at.since()) + " - epoch_us(ts), epoch_us(ts) - " + (Window.micros(at.until()) - 1) + "), ";
        List<Fact> matches =
                recorded.ask("SELECT *, epoch_us(ts) AS us, _reason(signal, code, core_dumped) AS reason FROM (SELECT host, boot_id,"
                        + " seq, ts, boot_ns, pid, start_boot_ns, comm, status, signal, code, core_dumped" + where + " ORDER BY " + nearness
                        + severity
                        + ", ts DESC, seq DESC, host LIMIT " + (others + 1) + ")");
        if (matches.isEmpty()) {
            return new Matches(matches, 0);
        }
        // Who asks for a failure does not want those that ended well, one by one.
        List<Fact> alike = matches.getFirst().number("status", 0) == 0 ? matches
                : matches.stream().filter(match -> match.number("status", 1) != 0).toList();
        return new Matches(alike, recorded.one("SELECT count(*) AS total" + where).number("total"));
    }
}
