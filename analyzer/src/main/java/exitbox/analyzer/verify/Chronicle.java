package exitbox.analyzer.verify;

import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Timestamps;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The order of a host's recording: its parts one after another, in which no number of a row may be missing, no run may
/// end without a word, and no heartbeat may stay out unless something explains it. Keeps no rows, only what is open.
final class Chronicle {
    private static final int NAMED_HOLES = 5;

    private final String host;
    private final List<Remark> remarks;
    private final Timestamps times;
    private final Runs runs;
    private final Losses losses;
    private final List<Part.Unread> dark = new ArrayList<>();
    private long expected = 1;
    private boolean boundaryUnknown;

    /// @param remarks takes what there is to say
    Chronicle(String host, List<Remark> remarks, Timestamps times) {
        this.host = host;
        this.remarks = remarks;
        this.times = times;
        this.losses = new Losses(host, times);
        this.runs = new Runs(host, remarks, times, dark);
    }

    /// What follows does not join what came before, and it has been said why.
    void skip() {
        boundaryUnknown = true;
    }

    /// What comes from here on is not known, and it has been said why.
    void unknownFromHere() {
        boundaryUnknown = true;
        dark.add(new Part.Unread(expected, Long.MAX_VALUE - 1));
    }

    void take(Part part) {
        remarks.addAll(part.remarks);
        if (part.unknown) {
            unknownFromHere();
            return;
        }
        dark.addAll(part.unread);
        if (!part.seqs.isEmpty() || !part.unread.isEmpty()) {
            numbers(part);
        }
        runs.take(part);
        part.gaps.forEach(losses::count);
        expected = Math.max(expected, part.nextSeq);
    }

    private void numbers(Part part) {
        if (part.repeated > 0) {
            remarks.add(Remark.finding("repeated", part.name, Counts.of(part.repeated, "row") + " stand" + (part.repeated == 1 ? "s" : "")
                    + " in it twice, the first is seq " + part.firstRepeated, "please report this: the recorder gives each number once"));
        }
        long first = part.seqs.isEmpty() ? Long.MAX_VALUE : part.seqs.first();
        if (first < expected && !boundaryUnknown) {
            remarks.add(Remark.finding("repeated", part.name, "it begins with seq " + first + ", but seq " + (expected - 1)
                    + " stands before it", "take one of the two away: they are not of one recording"));
        }
        Map<Long, Part.Gap> gaps = new HashMap<>();
        part.gaps.forEach(gap -> gaps.put(gap.seq(), gap));
        long[] holes = new long[1];
        long begin = expected;
        long[] unrecovered = {part.gaps.stream().filter(gap -> "unrecovered".equals(gap.cause()) && gap.count() != null)
                .mapToLong(gap -> gap.count() - 1).sum()};
        if (part.gaps.stream().anyMatch(gap -> "unrecovered".equals(gap.cause()))) {
            // What a damaged copy lacks, its recovery has counted; which numbers that were nobody knows.
            dark.add(new Part.Unread(Math.min(begin, first), part.nextSeq - 1));
        }
        part.seqs.holes(Math.min(begin, first), part.nextSeq, (from, to) -> {
            long unaccounted = explained(gaps, from, to) ? 0 : unaccounted(part, from, to);
            boolean atBoundary = from == begin && boundaryUnknown;
            if (unrecovered[0] >= unaccounted) {
                unrecovered[0] -= unaccounted;
                return;
            }
            dark.add(new Part.Unread(from, to - 1));
            if (!atBoundary && holes[0]++ < NAMED_HOLES) {
                remarks.add(Remark.finding("hole", part.name, rows(from, to) + " missing, and no gap says why",
                        "look for the file or line that held " + (to - from == 1 ? "it" : "them") + " in another copy of the recording"));
            }
        });
        if (holes[0] > NAMED_HOLES) {
            remarks.add(Remark.finding("hole", part.name, Counts.of(holes[0] - NAMED_HOLES, "more hole") + " in its numbers", null));
        }
        boundaryUnknown = false;
    }

    /// How many of these numbers are not said to be of files that could not be read.
    private static long unaccounted(Part part, long from, long to) {
        long count = 0;
        for (long at = from; at < to;) {
            long here = at;
            long behind = part.unread.stream().filter(unread -> unread.has(here)).mapToLong(Part.Unread::lastSeq).max().orElse(-1) + 1;
            long next = part.unread.stream().mapToLong(Part.Unread::firstSeq).filter(first -> first > here).min().orElse(to);
            count += behind > here ? 0 : Math.min(next, to) - here;
            at = behind > here ? behind : next;
        }
        return count;
    }

    private static String rows(long from, long to) {
        return to - from == 1 ? "the row with seq " + from + " is" : "the rows with seq " + from + " to " + (to - 1) + " are";
    }

    /// A gap that was found while decoding has the number of the first row that is missing, or of the last one when it does
    /// not know how many there were.
    private static boolean explained(Map<Long, Part.Gap> gaps, long from, long to) {
        Part.Gap before = gaps.get(from - 1);
        Part.Gap behind = gaps.get(to);
        return before != null && isOfDecoding(before) && (before.count() == null || before.count() - 1 >= to - from)
                || behind != null && isOfDecoding(behind) && behind.count() == null;
    }

    private static boolean isOfDecoding(Part.Gap gap) {
        return "damaged".equals(gap.cause()) || "undecodable".equals(gap.cause());
    }

    /// Nothing follows.
    ///
    /// @return the last heartbeat of a run that has not ended; null when the recording has an end
    Part.Beat finish() {
        Part.Beat open = runs.finish(expected);
        losses.remarks(remarks);
        return open;
    }

    /// How many runs there were.
    long runs() {
        return runs.count();
    }

    /// The run that has not ended, and that nothing accounts for: call it when it is not live.
    void noEnd() {
        runs.noEnd();
    }

    /// Known losses of a host, added up by cause.
    static final class Losses {
        private final String host;
        private final Timestamps times;
        private final Map<String, Loss> byCause = new TreeMap<>();

        private static final class Loss {
            long gaps;
            long count;
            boolean uncounted;
            long first = Long.MAX_VALUE;
            long last = Long.MIN_VALUE;
        }

        Losses(String host, Timestamps times) {
            this.host = host;
            this.times = times;
        }

        void count(Part.Gap gap) {
            Loss loss = byCause.computeIfAbsent(String.valueOf(gap.cause()), _ -> new Loss());
            loss.gaps++;
            loss.count += gap.count() == null ? 0 : gap.count();
            loss.uncounted |= gap.count() == null;
            loss.first = Math.min(loss.first, at(gap, gap.firstBootNs()));
            loss.last = Math.max(loss.last, at(gap, gap.lastBootNs()));
        }

        private static long at(Part.Gap gap, Long bootNs) {
            return bootNs == null ? gap.micros() : gap.micros() - (gap.bootNs() - bootNs) / 1_000;
        }

        void remarks(List<Remark> remarks) {
            byCause.forEach((cause, loss) -> {
                String count = !loss.uncounted ? Counts.of(loss.count, "event")
                        : loss.count == 0 ? "an unknown number of events" : "at least " + Counts.of(loss.count, "event");
                String when = loss.first == loss.last ? "at " + times.brief(Window.ofMicros(loss.first))
                        : "between " + times.brief(Window.ofMicros(loss.first), " and ", Window.ofMicros(loss.last));
                remarks.add(Remark.note("gap", host, count + " " + when + (loss.count == 1 && !loss.uncounted ? " is" : " are")
                        + " known to be missing (" + cause + ", " + Counts.of(loss.gaps, "row") + " of gaps)"));
            });
        }
    }
}
