package exitbox.analyzer.session;

import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Look;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Says where options look at columns that a part of the recording lacks, since an older version wrote it: there they are
/// NULL, and what is NULL matches nothing.
final class Lacking {
    private final Reading reading;
    private final Filters filters;
    private final Notices notices;

    Lacking(Reading reading, Filters filters, Notices notices) {
        this.reading = reading;
        this.filters = filters;
        this.notices = notices;
    }

    /// @param tables those whose rows the answer is made of
    void note(Set<Table> tables, Set<String> whereColumns, Tables made) {
        Map<Table, Map<String, Set<String>>> looks = new LinkedHashMap<>();
        for (Table table : tables) {
            for (Look look : filters.looks(Contract.get().table(table), whereColumns)) {
                looks.computeIfAbsent(look.table(), _ -> new LinkedHashMap<>()).computeIfAbsent(look.column(), _ -> new LinkedHashSet<>())
                        .add(look.option());
            }
        }
        looks.forEach((table, columns) -> {
            Window window = tables.contains(table) ? reading.span() : Window.ALL;
            made.lacking(table, window, columns.keySet())
                    .forEach((column, files) -> notices.note(String.join(" and ", columns.get(column)) + " looks at the column " + column
                            + ", which " + Counts.of(files.size(), "segment") + " of " + table.sqlName()
                            + (files.size() == 1 ? " does" : " do") + " not have, of an older version: it is NULL in " + rows(files)));
        });
    }

    private String rows(List<Path> files) {
        List<SegmentFile> known = files.stream().map(reading.evidence()::segment).filter(segment -> segment != null).toList();
        if (known.isEmpty()) {
            return "all their rows";
        }
        Timestamps times = new Timestamps(reading.zone());
        Instant first = Window.ofMicros(known.stream().mapToLong(SegmentFile::firstMicros).min().orElseThrow());
        Instant last = Window.ofMicros(known.stream().mapToLong(SegmentFile::lastMicros).max().orElseThrow());
        return Counts.of(known.stream().mapToLong(SegmentFile::rows).sum(), "row")
                + (first.equals(last) ? " of " + times.brief(first) : " from " + times.brief(first, " to ", last));
    }
}
