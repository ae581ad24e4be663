package exitbox.analyzer.why;

import exitbox.schemas.contract.Table;

/// How well the recorder watched when a process died.
///
/// @param run the start of the run that saw the death
/// @param losses those known from the first moment that matters to a second behind the death
/// @param beats the heartbeats of the minute before: how many, and the longest wait for one, up to the death
/// @param takeover that of the recorder which ended the longest silence, the kernel having gone on collecting meanwhile
record Watch(Fact run, Losses losses, Fact beats, Fact takeover) {
    private static final long SECOND_NS = 1_000_000_000L;
    // A heartbeat comes each second.
    private static final long LATE_NS = 3 * SECOND_NS;

    /// @param sinceBootNs the first moment that matters
    static Watch over(Death death, long sinceBootNs, Recorded recorded) {
        // What a takeover went on with had begun before: the programs stayed at work.
        Fact run = recorded.one("SELECT * REPLACE (began_ns AS boot_ns, began_us AS us) FROM (SELECT *,"
                + " min(boot_ns) OVER (PARTITION BY host, run_id) AS began_ns, min(us) OVER (PARTITION BY host, run_id) AS began_us FROM ("
                + "SELECT host, run_id, seq, boot_ns, epoch_us(ts) AS us, event, version, array_to_string(filters, ' ') AS filters,"
                + " array_to_string(hooks, ' ') AS hooks, array_to_string(hooks_missing, '; ') AS hooks_missing FROM "
                + recorded.all(Table.RUNS) + " WHERE " + death.id().sameBoot() + " AND event <> 'stop' AND seq <= " + death.seq()
                + ")) ORDER BY seq DESC LIMIT 1");
        Losses losses = Losses.of(death, sinceBootNs, recorded);
        long since = Math.max(death.bootNs() - Explainer.MINUTE_NS, run.number("boot_ns", Long.MIN_VALUE));
        long mono = death.row().number("mono_ns", death.bootNs());
        Fact beats = recorded.one("SELECT count(*) AS beats, coalesce(max(wait), 0) AS longest, max_by(before_us, wait) AS before_us,"
                + " max_by(us, wait) AS us, " + mono + " - max(mono_ns) AS last_wait, max(us) AS last_us FROM (SELECT mono_ns,"
                + " epoch_us(ts) AS us, mono_ns - lag(mono_ns) OVER (ORDER BY boot_ns) AS wait,"
                + " lag(epoch_us(ts)) OVER (ORDER BY boot_ns) AS before_us FROM "
                + recorded.all(Table.HEARTBEATS, death.id(), since, death.bootNs()) + " WHERE "
                + death.id().sameBoot() + " AND boot_ns BETWEEN " + since + " AND " + death.bootNs() + ")");
        Watch watch = new Watch(run, losses, beats, Fact.NONE);
        return watch.isDark() ? new Watch(run, losses, beats, takeover(death, watch.darkSince(), recorded)) : watch;
    }

    /// The first row of a recorder that lived again, if it took over.
    private static Fact takeover(Death death, long darkSince, Recorded recorded) {
        String then = " WHERE " + death.id().sameBoot() + " AND epoch_us(ts) > " + darkSince;
        return recorded.one("SELECT us FROM (SELECT seq, event, epoch_us(ts) AS us FROM " + recorded.all(Table.RUNS) + then
                + " UNION ALL SELECT seq, 'heartbeat', epoch_us(ts) FROM " + recorded.all(Table.HEARTBEATS) + then
                + " ORDER BY seq LIMIT 1) WHERE event = 'takeover'");
    }

    boolean hasRun() {
        return run != Fact.NONE;
    }

    /// Whether a hook was attached; true when the recording does not tell of hooks at all but of this kind of event.
    boolean hooked(String hook) {
        return run.text("hooks") != null && run.text("hooks").contains(hook);
    }

    /// Why a hook could not be attached, in the recorder's words; null when it was not tried or was attached.
    String missing(String hook) {
        String all = run.text("hooks_missing");
        if (all == null || !all.contains(hook)) {
            return null;
        }
        for (String one : all.split("; ")) {
            if (one.contains(hook)) {
                return one;
            }
        }
        return all;
    }

    /// Whether the recorder had started only then.
    boolean startedSince(long bootNs) {
        return hasRun() && run.number("boot_ns", 0) > bootNs;
    }

    /// Whether heartbeats prove that nothing of the minute before is missing unnoticed.
    boolean isProven() {
        return beats.number("beats", 0) > 0 && (!isDark() || wasTakenOver());
    }

    /// Whether the recorder gave no sign of life for a while.
    boolean isDark() {
        return beats.number("beats", 0) > 0 && (beats.number("longest", 0) > LATE_NS || beats.number("last_wait", 0) > LATE_NS);
    }

    /// Whether the kernel went on collecting in that while: what it could not keep then is told as a loss.
    boolean wasTakenOver() {
        return takeover != Fact.NONE;
    }

    /// When the longest silence began, microseconds since 1970.
    Long darkSince() {
        return beats.number("last_wait", 0) > beats.number("longest", 0) ? beats.number("last_us") : beats.number("before_us");
    }

    /// When it ended; null when the death came first.
    Long darkUntil() {
        return beats.number("last_wait", 0) > beats.number("longest", 0) ? null : beats.number("us");
    }
}
