package exitbox.analyzer.session;

import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.recording.Evidence;
import exitbox.analyzer.recording.Unsealed;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.catalog.SegmentFile;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/// What an answer has to say of the files it was made of: those that were damaged and left out, and those that are still written.
final class FileLimits {
    private static final int SHOWN = 20;

    private final Reading reading;

    FileLimits(Reading reading) {
        this.reading = reading;
    }

    /// True when there is damage.
    boolean note(Notices notices) {
        Unsealed unsealed = reading.unsealed();
        if (unsealed.totalRows() > 0) {
            notices.note("the answer includes " + Counts.of(unsealed.totalRows(), "row") + " of " + Counts.of(unsealed.spools(), "spool")
                    + " not sealed yet" + (reading.isLive() ? " (recording goes on)" : ""));
        }
        if (unsealed.tornBytes() > 0 && !reading.isLive()) {
            notices.note("the last " + unsealed.tornBytes() + " bytes were cut off while they were written: what they held is missing");
        }
        List<Evidence.Problem> problems = reading.evidence().problems();
        problems.stream().limit(SHOWN).forEach(
                problem -> notices.note(problem.what() + (problem.segment() == null ? "" : ": " + missing(problem.segment()))));
        if (problems.size() > SHOWN) {
            List<SegmentFile> more = problems.stream().skip(SHOWN).map(Evidence.Problem::segment).filter(Objects::nonNull).toList();
            notices.note("so it is with " + Counts.of(problems.size() - SHOWN, "more file") + ": "
                    + Counts.of(more.stream().mapToLong(SegmentFile::rows).sum(), "row")
                    + " are not in the answer — exitbox verify names them all");
        }
        return !problems.isEmpty();
    }

    /// What an answer lacks without a segment.
    private String missing(SegmentFile segment) {
        Timestamps times = new Timestamps(reading.zone());
        Instant first = Window.ofMicros(segment.firstMicros());
        Instant last = Window.ofMicros(segment.lastMicros());
        return Counts.of(segment.rows(), "row")
                + (first.equals(last) ? " of " + times.brief(first) : " from " + times.brief(first, " to ", last))
                + (segment.rows() == 1 ? " is" : " are") + " not in the answer";
    }
}
