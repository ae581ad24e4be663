package exitbox.analyzer.filter;

import exitbox.schemas.contract.Table;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// What the filters came to for one recording.
///
/// @param window the stretch of time
/// @param boots the ids of the boots that were chosen; null when none were
/// @param runs the rows of the runs that were chosen; null when none were
/// @param whereColumns the columns that `--where` names
/// @param whole all rows of a table, as a parenthesized query: what a table's own rows do not tell is looked up there
public record Scope(Window window, List<String> boots, List<Rows> runs, Set<String> whereColumns,
        Function<Table, String> whole) {
    /// Everything.
    public static final Scope ALL = new Scope(Window.ALL, null, null, Set.of(), table -> table.sqlName());

    /// The rows a run of the recorder wrote: a host's, from one seq to another, both inclusive.
    public record Rows(String host, long firstSeq, long lastSeq, Instant start, Instant end) {
    }
}
