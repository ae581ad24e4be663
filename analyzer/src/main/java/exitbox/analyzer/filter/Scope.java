package exitbox.analyzer.filter;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/// What the filters came to for one recording.
///
/// @param window the stretch of time
/// @param boots the ids of the boots that were chosen; null when none were
/// @param runs the rows of the runs that were chosen; null when none were
/// @param whereColumns the columns that `--where` names
/// @param processes all process deaths, as a parenthesized query: tables without a cgroup look it up there
public record Scope(Window window, List<String> boots, List<Rows> runs, Set<String> whereColumns, String processes) {
    /// Everything.
    public static final Scope ALL = new Scope(Window.ALL, null, null, Set.of(), null);

    /// The rows a run of the recorder wrote: a host's, from one seq to another, both inclusive.
    public record Rows(String host, long firstSeq, long lastSeq, Instant start, Instant end) {
    }
}
