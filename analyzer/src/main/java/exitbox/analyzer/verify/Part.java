package exitbox.analyzer.verify;

import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.List;

/// What the check of a host's order needs of a stretch of its recording: of the files of a catalog line, or of a spool.
final class Part {
    /// A row of `heartbeats`; `monoNs` and `lost` are null when it has none.
    ///
    /// @param lost events that the kernel had no room for since the run began, by its own count
    record Beat(long seq, long bootNs, Long monoNs, long micros, Long lost) {
        /// How many losses the kernel counted from here to there; -1 when that is not known.
        long lostUntil(Beat to) {
            return lost == null || to.lost == null ? -1 : to.lost - lost;
        }
    }

    /// A row of `gaps`. `table`, `count`, `firstBootNs` and `lastBootNs` are null where the row says so.
    record Gap(long seq, long cpu, long bootNs, long micros, Table table, Long count, Long firstBootNs, Long lastBootNs, String cause,
            String detail) {}

    /// A row of `runs`; `counters` is null when it has none.
    record RunRow(long seq, long bootNs, Long monoNs, long micros, String event, String runId, boolean mayClaimTwice,
            List<Counter> counters) {}

    /// What the kernel counted in a run.
    record Counter(Table table, long cpu, long seen, long filtered) {}

    /// A suspend that ended at `bootNs`.
    record Suspend(long bootNs, long sleptNs) {}

    /// Numbers of rows that cannot be read, because their file is not what was sealed.
    record Unread(long firstSeq, long lastSeq) {
        boolean has(long seq) {
            return firstSeq <= seq && seq <= lastSeq;
        }

        boolean touches(long from, long to) {
            return firstSeq < to && from <= lastSeq;
        }
    }

    final String name;
    final List<Remark> remarks = new ArrayList<>();
    final SeqSet seqs = new SeqSet();
    final List<Unread> unread = new ArrayList<>();
    final List<Beat> beats = new ArrayList<>();
    final List<Gap> gaps = new ArrayList<>();
    final List<RunRow> runs = new ArrayList<>();
    final List<Suspend> suspends = new ArrayList<>();
    // Events before the first row of runs, between it and the next, and so on.
    final List<Tally> tallies = new ArrayList<>();
    final boolean sealed;
    String bootId = "";
    long nextSeq = -1;
    long rows;
    long files;
    long bytes;
    // Nothing of it can be read: what it held, and all numbers from here on to the next part, nobody knows.
    boolean unknown;
    long repeated;
    long firstRepeated;
    // Of a spool: bytes behind the last whole frame, and whether they are as many as they say they should be.
    long tornBytes;
    boolean tornIsComplete;

    Part(String name, boolean sealed) {
        this.name = name;
        this.sealed = sealed;
    }
}
