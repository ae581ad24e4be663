package exitbox.analyzer.verify;

import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// The runs of a host's recorder: each has a start, heartbeats without a hole, and a stop whose counters balance; or a gap
/// says why not. No run outlives its boot, and times are compared within one boot only.
final class Runs {
    private static final long BEAT_LATE_NS = 3_000_000_000L;

    private final String host;
    private final List<Remark> remarks;
    private final Timestamps times;
    private final List<Part.Unread> dark;
    private final List<Hole> holes = new ArrayList<>();
    private final List<long[]> explained = new ArrayList<>();
    private final List<Run> withoutEnd = new ArrayList<>();
    private final List<Part.Suspend> suspends = new ArrayList<>();
    private String bootId = "";
    private Run current;
    private boolean began;
    private long count;

    /// A run as far as it was met.
    private static final class Run {
        private final Part.RunRow start;
        private final boolean sinceItsStart;
        private final Balance balance = new Balance();
        private Part.Beat last;
        // What rows of gaps have told of the kernel's losses since then.
        private long told;
        private long lastSeq;
        private boolean ended;
        private boolean balanced;

        Run(Part.RunRow start, boolean sinceItsStart) {
            this.start = start;
            this.sinceItsStart = sinceItsStart;
            // One whose row was met counts from 0 on.
            this.last = new Part.Beat(start.seq(), start.bootNs(), start.monoNs(), start.micros(),
                    "start".equals(start.event()) && start.runId() != null ? 0L : null);
        }
    }

    /// Between two heartbeats, or a heartbeat and the run's beginning or end.
    ///
    /// @param told what rows of gaps between the two tell of the kernel's losses
    private record Hole(Run run, Part.Beat from, Part.Beat to, long waitNs, long told) {}

    Runs(String host, List<Remark> remarks, Timestamps times, List<Part.Unread> dark) {
        this.host = host;
        this.remarks = remarks;
        this.times = times;
        this.dark = dark;
    }

    long count() {
        return count;
    }

    void take(Part part) {
        part.beats.sort(Comparator.comparingLong(Part.Beat::seq));
        part.gaps.sort(Comparator.comparingLong(Part.Gap::seq));
        if (!part.bootId.equals(bootId)) {
            boot(part.bootId);
        }
        suspends.addAll(part.suspends);
        if (!began && !part.seqs.isEmpty()) {
            begin(part);
        }
        int beat = 0;
        int gap = 0;
        for (int i = 0; i <= part.runs.size(); i++) {
            long end = i < part.runs.size() ? part.runs.get(i).seq() : Long.MAX_VALUE;
            while (true) {
                long nextBeat = beat < part.beats.size() ? part.beats.get(beat).seq() : Long.MAX_VALUE;
                long nextGap = gap < part.gaps.size() ? part.gaps.get(gap).seq() : Long.MAX_VALUE;
                if (Math.min(nextBeat, nextGap) >= end) {
                    break;
                } else if (nextBeat < nextGap) {
                    beat(part.beats.get(beat++));
                } else {
                    gap(part.gaps.get(gap++));
                }
            }
            if (current != null && i < part.tallies.size()) {
                current.balance.written(part.tallies.get(i));
            }
            if (i < part.runs.size()) {
                row(part.runs.get(i));
            }
        }
        if (current != null) {
            current.lastSeq = Math.max(current.lastSeq, part.nextSeq - 1);
        }
    }

    private void boot(String next) {
        judgeHoles();
        suspends.clear();
        if (current != null && !current.ended) {
            withoutEnd.add(current);
            current = null;
        }
        bootId = next;
    }

    /// The first row of a recording is the start of a run, unless that was lost with a spool that somebody took away.
    private void begin(Part part) {
        began = true;
        long first = part.seqs.first();
        boolean starts = part.runs.stream().anyMatch(row -> row.seq() == first)
                || part.gaps.stream().anyMatch(gap -> gap.seq() == first && "removed".equals(gap.cause()));
        if (!starts && !isDark(0, first)) {
            remarks.add(Remark.finding("start", part.name, "the recording does not begin with the start of a run",
                    "its beginning is missing: look for it in another copy"));
        }
    }

    private void row(Part.RunRow row) {
        switch (String.valueOf(row.event())) {
            case "stop" -> stop(row);
            case "takeover" -> {
                if (current == null || current.ended) {
                    start(row);
                } else {
                    // The kernel went on collecting, and its counters on counting.
                    explained.add(new long[]{current.last.bootNs(), row.bootNs()});
                    current.last = new Part.Beat(row.seq(), row.bootNs(), row.monoNs(), row.micros(), null);
                    current.told = 0;
                }
            }
            default -> start(row);
        }
    }

    private void start(Part.RunRow row) {
        start(row, true);
    }

    private void start(Part.RunRow row, boolean sinceItsStart) {
        count++;
        if (current != null && !current.ended) {
            withoutEnd.add(current);
        }
        current = new Run(row, sinceItsStart);
    }

    private void stop(Part.RunRow row) {
        if (current == null || current.ended) {
            if (!isDark(0, row.seq())) {
                remarks.add(Remark.finding("start", host, "run " + row.runId() + " stopped at " + time(row.micros())
                        + ", and nothing says when it began", "look for what is missing before it in another copy of the recording"));
            }
            return;
        }
        Part.Beat end = new Part.Beat(row.seq(), row.bootNs(), row.monoNs(), row.micros(), null);
        wait(current.last, end);
        current.ended = true;
        current.lastSeq = row.seq();
        if (row.counters() != null && current.sinceItsStart && !isDark(current.start.seq(), row.seq())) {
            List<String> wrong = current.balance.wrong(row.counters(), current.start.mayClaimTwice());
            current.balanced = wrong.isEmpty() && current.balance.isExact();
            for (String sentence : wrong) {
                remarks.add(Remark.finding("balance", host, "run " + row.runId() + " from "
                        + times.brief(Window.ofMicros(current.start.micros()), " to ", Window.ofMicros(row.micros())) + ": " + sentence,
                        "please report this: what was seen is not all written, filtered or lost"));
            }
        }
    }

    private void beat(Part.Beat beat) {
        if (current == null ? isDark(0, beat.seq()) : current.ended && isDark(current.lastSeq, beat.seq())) {
            // The run's start was deleted, or cannot be read: only from here on it is known.
            start(new Part.RunRow(beat.seq(), beat.bootNs(), beat.monoNs(), beat.micros(), "start", null, false, null), false);
        }
        if (current != null && !current.ended) {
            wait(current.last, beat);
            current.last = beat;
            current.told = 0;
        }
    }

    private void wait(Part.Beat from, Part.Beat to) {
        long waited = from.monoNs() != null && to.monoNs() != null ? to.monoNs() - from.monoNs() : to.bootNs() - from.bootNs() - suspends
                .stream().filter(suspend -> suspend.bootNs() > from.bootNs() && suspend.bootNs() <= to.bootNs())
                .mapToLong(Part.Suspend::sleptNs).sum();
        if (waited > BEAT_LATE_NS) {
            holes.add(new Hole(current, from, to, waited, current.told));
        }
    }

    private void gap(Part.Gap gap) {
        if ("unclean_end".equals(gap.cause())) {
            uncleanEnd(gap);
        }
        // What a hook missed, or one record that made no sense, explains no silence of seconds.
        boolean silence = gap.table() == null || gap.table() == Table.HEARTBEATS;
        if (silence && gap.firstBootNs() != null
                && !List.of("recursion", "undecodable", "follow_full").contains(String.valueOf(gap.cause()))) {
            explained.add(new long[]{gap.firstBootNs(), gap.lastBootNs() == null ? Long.MAX_VALUE : gap.lastBootNs()});
        }
        if ("removed".equals(gap.cause()) && (current == null || current.ended)) {
            // The run's start was taken away with its spool.
            start(new Part.RunRow(gap.seq(), gap.bootNs(), null, gap.micros(), "start", null, false, null));
        }
        if (current != null) {
            current.balance.lost(gap);
            current.told += "ring_full".equals(gap.cause()) && gap.count() != null ? gap.count() : 0;
        }
    }

    /// It stands behind the run's own rows, or at the next run's beginning when those had been sealed.
    private void uncleanEnd(Part.Gap gap) {
        for (Run run : withoutEnd) {
            if (gap.detail() == null || run.start.runId() == null || gap.detail().contains(run.start.runId())) {
                withoutEnd.remove(run);
                return;
            }
        }
        if (current != null && !current.ended) {
            current.ended = true;
        }
    }

    private boolean isDark(long from, long to) {
        return dark.stream().anyMatch(unread -> unread.touches(from, to + 1));
    }

    /// @param nextSeq the number behind the last row
    /// @return the last heartbeat of a run that has not ended
    Part.Beat finish(long nextSeq) {
        for (Run run : withoutEnd) {
            noEnd(run);
        }
        judgeHoles();
        return current == null || current.ended ? null : current.last;
    }

    /// Says which holes of this boot nothing explains.
    private void judgeHoles() {
        for (Hole hole : holes) {
            boolean known = explained.stream().anyMatch(span -> span[0] <= hole.to().bootNs() && span[1] >= hole.from().bootNs())
                    || isDark(hole.from().seq(), hole.to().seq());
            if (known) {
                continue;
            }
            String what = "no heartbeat for " + String.format(Locale.ROOT, "%.1f s", hole.waitNs() / 1e9) + ", "
                    + times.brief(Window.ofMicros(hole.from().micros()), " to ", Window.ofMicros(hole.to().micros()));
            long lost = hole.from().lostUntil(hole.to());
            if (lost == 0) {
                remarks.add(Remark.note("heartbeat", host,
                        what + ": the recorder stood still; the kernel counted no loss meanwhile, so nothing is missing"));
            } else if (lost > 0 && lost == hole.told()) {
                remarks.add(Remark.note("heartbeat", host,
                        what + ": the recorder stood still; rows of gaps tell of all that the kernel lost meanwhile"));
            } else if (hole.run().balanced) {
                remarks.add(
                        Remark.note("heartbeat", host, what + ": the recorder stood still; its counters balance, so nothing is missing"));
            } else {
                remarks.add(Remark.finding("heartbeat", host, what + ", and nothing says why",
                        "what happened then may be missing: was the recorder or the machine stopped?"));
            }
        }
        holes.clear();
        explained.clear();
    }

    /// The last run did not end, and is not going on.
    void noEnd() {
        noEnd(current);
    }

    private void noEnd(Run run) {
        if (!isDark(run.last.seq(), Math.max(run.lastSeq, run.last.seq()) + 1)) {
            remarks.add(Remark.finding("end", host,
                    (run.start.runId() == null ? "the last run" : "run " + run.start.runId())
                            + " has no stop, and no gap says so: what happened after "
                            + time(run.last.micros()) + " is not in it",
                    run == current
                            ? "the next exitbox record in this folder goes on with it (--pin) or writes the gap; a copy that was made while it was recorded is to be made anew"
                            : "look for what is missing behind it in another copy of the recording"));
        }
    }

    private String time(long micros) {
        return times.brief(Window.ofMicros(micros));
    }
}
