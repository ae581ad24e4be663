package exitbox.analyzer.why;

import exitbox.analyzer.recording.Evidence;
import exitbox.analyzer.text.Counts;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;

/// What was recorded of a stretch of time and is no longer there to be read.
///
/// @param deleted files that were deleted on request
/// @param damaged files that are left out because something is wrong with them
/// @param undated how many other places are damaged, of what time nobody knows
record Gone(List<Evidence.Deleted> deleted, List<SegmentFile> damaged, long undated) {
    /// What a process's host lacks of a stretch of its boot's time, both ends inclusive.
    static Gone of(ProcessId id, long sinceBootNs, long untilBootNs, Evidence evidence) {
        List<Evidence.Problem> problems = evidence.problems(id.host(), id.bootId(), sinceBootNs, untilBootNs);
        List<SegmentFile> files = problems.stream().map(Evidence.Problem::segment).filter(Objects::nonNull).toList();
        return new Gone(evidence.deleted(id.host(), id.bootId(), sinceBootNs, untilBootNs), files, problems.size() - files.size());
    }

    /// Of these those of a part of the stretch. Whatever has no time is not known to be of it.
    Gone of(long sinceBootNs, long untilBootNs) {
        return new Gone(deleted.stream().filter(one -> touches(one.file(), sinceBootNs, untilBootNs)).toList(),
                damaged.stream().filter(file -> touches(file, sinceBootNs, untilBootNs)).toList(), 0);
    }

    /// Of these those of one table.
    Gone of(Table table) {
        return new Gone(deleted.stream().filter(one -> one.file().table() == table).toList(),
                damaged.stream().filter(file -> file.table() == table).toList(), 0);
    }

    private static boolean touches(SegmentFile file, long sinceBootNs, long untilBootNs) {
        return file.lastBootNs() >= sinceBootNs && file.firstBootNs() <= untilBootNs;
    }

    /// Whether nothing of a known time is gone.
    boolean isNothing() {
        return deleted.isEmpty() && damaged.isEmpty();
    }

    /// The catalog's lines on it.
    Set<Deletion> deletions() {
        Set<Deletion> deletions = new HashSet<>();
        deleted.forEach(one -> deletions.add(one.by()));
        return deletions;
    }

    /// As a part of a sentence.
    ///
    /// @param at how a time is said, microseconds since 1970
    String said(LongFunction<String> at) {
        List<String> all = new ArrayList<>();
        if (!deleted.isEmpty()) {
            all.add(saidOfDeleted(at));
        }
        if (!damaged.isEmpty()) {
            all.add(saidOfDamaged(at));
        }
        return String.join("; ", all);
    }

    /// `130 rows from … to … were deleted by --keep-size 10M`.
    String saidOfDeleted(LongFunction<String> at) {
        Map<String, List<SegmentFile>> byReason = new LinkedHashMap<>();
        deleted.forEach(one -> byReason.computeIfAbsent(one.by().why(), _ -> new ArrayList<>()).add(one.file()));
        return String.join("; ", byReason.entrySet().stream()
                .map(reason -> rows(reason.getValue(), at) + (isOne(reason.getValue()) ? " was" : " were") + " deleted by "
                        + reason.getKey())
                .toList());
    }

    /// `12 rows from … to … are in 1 file left out as damaged or missing`.
    String saidOfDamaged(LongFunction<String> at) {
        return rows(damaged, at) + (isOne(damaged) ? " is" : " are") + " in " + Counts.of(damaged.size(), "file")
                + " left out as damaged or missing";
    }

    private static String rows(Collection<SegmentFile> files, LongFunction<String> at) {
        long first = files.stream().mapToLong(SegmentFile::firstMicros).min().orElseThrow();
        long last = files.stream().mapToLong(SegmentFile::lastMicros).max().orElseThrow();
        return Counts.of(files.stream().mapToLong(SegmentFile::rows).sum(), "row")
                + (first == last ? " of " + at.apply(first) : " from " + at.apply(first) + " to " + at.apply(last));
    }

    private static boolean isOne(Collection<SegmentFile> files) {
        return files.stream().mapToLong(SegmentFile::rows).sum() == 1;
    }
}
