package exitbox.analyzer.why;

import exitbox.analyzer.session.Reading;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Makes explanations of deaths. Each question it asks is bounded, however long the recording is.
public final class Explainer {
    /// How far around a death is looked.
    static final long MINUTE_NS = 60_000_000_000L;

    /// The tables and macros it asks.
    public static final Set<String> SOURCES = Set.of("exits", "thread_exits", "execs", "forks", "signals", "ooms", "tasks", "heartbeats",
            "gaps", "runs", "_reason");

    private final Reading reading;
    private final Recorded recorded;

    /// @param reading has provided the [#SOURCES]
    public Explainer(Reading reading) {
        this.reading = reading;
        this.recorded = new Recorded(reading);
    }

    /// Explains the death that a short row of `exits` tells of.
    Explanation explain(Fact brief) {
        Death death = Death.of(recorded, brief);
        Lives lives = new Lives(recorded, death.bootNs());
        ProcessId id = death.id();
        List<ProcessId> known = new ArrayList<>(List.of(id));
        known.add(death.parent());
        known.add(death.killer());
        lives.meet(known);
        Fact row = death.row();
        Party self = Party.of(id, death.bootNs(), lives, row.text("comm"), row.number("uid"), row.number("loginuid"));
        Party parent = Party.of(death.parent(), death.bootNs(), lives, row.text("parent_comm"), null, null);
        List<Received> received = Received.before(death, recorded, lives);
        long sent = row.number("killer_boot_ns", death.bootNs());
        Party killer = Party.of(death.killer(), sent, lives, row.text("killer_comm"), row.number("killer_uid"),
                row.number("killer_loginuid"));
        Ancestry killerAncestry = Ancestry.of(death.killer(), lives);
        Relay relay = Relay.of(death, recorded, lives);
        Ancestry ancestry = Ancestry.of(id, lives);
        Oom oom = Oom.of(death, recorded, lives);
        Children children = Children.of(death, recorded, lives);
        Fellow.Minute minute = Fellow.around(death, recorded);
        long since = Math.min(start(id, death), killer == null ? death.bootNs() : start(killer.id(), death));
        Watch watch = Watch.over(death, since, recorded);
        // The sender's life is looked at for what it ran.
        long looked = Math.min(death.bootNs() - MINUTE_NS, Explanation.isUnknown(killer, death) ? since : start(id, death));
        Gone gone = Gone.of(id, looked, death.bootNs() + MINUTE_NS, reading.evidence());
        return new Explanation(death, self, self.program(), parent, killer, killerAncestry, relay, ancestry, received, oom,
                fault(death), leader(death), children, minute, watch, gone, reading.hosts().size() > 1);
    }

    private static long start(ProcessId id, Death death) {
        return id.isSure() ? id.startBootNs() : death.bootNs() - MINUTE_NS;
    }

    /// The fault that killed it, which names the thread.
    private Fact fault(Death death) {
        if (!"fault".equals(death.cause()) || !death.id().isSure()) {
            return Fact.NONE;
        }
        return recorded.one("SELECT * FROM " + recorded.all(Table.SIGNALS, death.id(), death.bootNs() - MINUTE_NS, death.bootNs())
                + " WHERE " + death.id().sameBoot() + " AND "
                + death.id().named("pid", "start_boot_ns") + " AND cause = 'fault' AND signal = " + death.signal() + " AND boot_ns <= "
                + death.bootNs() + " ORDER BY boot_ns DESC LIMIT 1");
    }

    /// Its main thread, when that left before and did not come back as another one, by an exec.
    private Fact leader(Death death) {
        if (!death.id().isSure() || death.row().number("tid", death.id().pid()) == death.id().pid()) {
            return Fact.NONE;
        }
        return recorded.one("SELECT * FROM " + recorded.all(Table.THREAD_EXITS, death.id(), death.id().startBootNs(), death.bootNs())
                + " WHERE " + death.id().sameBoot() + " AND tid = pid AND "
                + death.id().named("pid", "start_boot_ns") + " ORDER BY boot_ns DESC LIMIT 1");
    }
}
