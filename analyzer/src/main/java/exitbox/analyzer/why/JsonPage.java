package exitbox.analyzer.why;

import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.text.Json;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The same facts for programs: one object on one line. Every key is always there, null when nothing is known. What they
/// mean says docs/why.md.
final class JsonPage {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxxx");
    private static final List<String> OOM = List.of("seq", "memcg", "cgroup", "total_vm_bytes", "anon_rss_bytes", "file_rss_bytes",
            "shmem_rss_bytes", "swap_bytes", "pgtables_bytes", "oom_score_adj");
    private static final List<String> DEATH = List.of("seq", "pid", "tid", "ppid", "start_boot_ns", "boot_ns", "comm", "reason", "status",
            "code", "signal", "core_dumped", "cause", "fault_addr", "killer_si_code", "uid", "gid", "loginuid", "tty", "cgroup", "unit",
            "container", "pid_ns", "ns_pid", "threads", "utime_ns", "stime_ns", "cpu_ns", "run_delay_ns", "max_rss_bytes", "minor_faults",
            "major_faults", "read_bytes", "write_bytes", "oom_score_adj", "kthread");
    private static final List<String> FLAGS = List.of("core_dumped", "kthread", "memcg", "blocked", "thread_directed", "dooms");

    private final ZoneId zone;
    private final Invocation invocation;

    private JsonPage(ZoneId zone, Invocation invocation) {
        this.zone = zone;
        this.invocation = invocation;
    }

    static void write(Explanation why, Choice.Matches matches, Invocation invocation, Timestamps times, TextOut out) {
        out.jsonValue(Json.write(new JsonPage(times.zone(), invocation).object(why, matches, times))).line();
    }

    private Map<String, Object> object(Explanation why, Choice.Matches matches, Timestamps times) {
        Doubts doubts = Doubts.of(why, times);
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("verdict", Verdict.of(why, times).replace(Names.UNBROKEN, ' '));
        page.put("certainty", doubts.certainty().name().toLowerCase(java.util.Locale.ROOT));
        page.put("certainty_why", doubts.verdict());
        page.put("weaknesses",
                doubts.weaknesses().stream().map(weakness -> ordered("kind", weakness.kind(), "sentence", weakness.sentence())).toList());
        page.put("remedy", doubts.remedy());
        page.put("hints", Hints.of(why, invocation).stream().map(hint -> ordered("text", hint.text(), "command", hint.command())).toList());
        page.put("evidence", doubts.evidence().stream().map(row -> ordered("table", row.table(), "seq", row.seq())).toList());
        page.put("death", death(why.death()));
        page.put("program", program(why.program()));
        page.put("parent", party(why.parent()));
        page.put("ancestry", people(why.ancestry()));
        page.put("killer", party(why.killer()));
        page.put("killer_sent_ts", sent(why));
        page.put("killer_ancestry", people(why.killerAncestry()));
        page.put("relayed", relay(why));
        page.put("signals", why.received().stream().map(this::signal).toList());
        page.put("escalated_after_ns", why.escalatedAfterNs());
        page.put("oom", oom(why.oom()));
        page.put("fault_thread", why.fault() == Fact.NONE ? null : copy(why.fault(), List.of("seq", "tid", "comm", "fault_addr")));
        page.put("early_leader", why.leader() == Fact.NONE ? null : copy(why.leader(), List.of("seq", "boot_ns", "status")));
        page.put("children", children(why.children()));
        page.put("minute", minute(why));
        page.put("others", others(matches));
        return page;
    }

    private Map<String, Object> death(Death death) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("host", death.id().host());
        object.put("boot_id", death.id().bootId());
        object.put("ts", time(death.micros()));
        object.put("age_ns", death.ageNs() < 0 ? null : (Object) death.ageNs());
        object.putAll(copy(death.row(), DEATH));
        return object;
    }

    private Map<String, Object> party(Party party) {
        if (party == null) {
            return null;
        }
        Map<String, Object> object =
                ordered("pid", party.id().pid(), "start_boot_ns", party.id().startBootNs(), "comm", party.comm(), "uid",
                        party.uid(), "loginuid", party.loginuid());
        object.put("ended_ts", time(party.endedMicros()));
        object.put("program", program(party.program()));
        return object;
    }

    private static Map<String, Object> program(Program program) {
        return program == null ? null
                : ordered("cmdline", program.cmdline(), "exe", program.exe(), "filename", program.filename(), "cwd", program.cwd(),
                        "truncated", program.truncated(), "inherited", program.inherited(), "table", program.table(), "seq", program.seq());
    }

    private Map<String, Object> people(Ancestry ancestry) {
        return ordered("processes", ancestry.parties().stream().map(this::party).toList(), "end",
                ancestry.end().name().toLowerCase(java.util.Locale.ROOT));
    }

    private Object sent(Explanation why) {
        Fact row = why.death().row();
        return row.has("killer_boot_ns") && row.has("us")
                ? time(row.number("us") - (why.death().bootNs() - row.number("killer_boot_ns")) / 1_000)
                : null;
    }

    private Map<String, Object> relay(Explanation why) {
        Relay relay = why.relay();
        return relay == null ? null
                : ordered("seq", relay.row().number("seq"), "ts", time(relay.row().number("us")), "held_ns", relay.heldNs(why.death()),
                        "sender",
                        party(relay.sender()), "sender_ancestry", people(relay.ancestry()));
    }

    private Map<String, Object> signal(Received signal) {
        Map<String, Object> object = ordered("ts", time(signal.row().number("us")), "signal_name", Names.signal(signal.signal()), "fate",
                signal.fate());
        object.putAll(copy(signal.row(), List.of("seq", "signal", "si_code", "cause", "action", "result", "blocked", "dooms")));
        object.put("sender", party(signal.sender()));
        return object;
    }

    private Map<String, Object> oom(Oom oom) {
        if (oom == null) {
            return null;
        }
        Map<String, Object> object = copy(oom.row(), OOM);
        object.put("trigger", party(oom.trigger()));
        return object;
    }

    private Map<String, Object> children(Children children) {
        List<Object> last = new ArrayList<>();
        for (Party child : children.last()) {
            Map<String, Object> object = party(child);
            object.put("reason", child.life().exit().text("reason"));
            last.add(object);
        }
        return ordered("total", children.total(), "last", last);
    }

    private Map<String, Object> minute(Explanation why) {
        List<Object> kin = new ArrayList<>();
        for (Fellow fellow : why.minute().fellows()) {
            kin.add(ordered("seq", fellow.row().number("seq"), "ts", time(fellow.row().number("us")), "pid", fellow.row().number("pid"),
                    "comm", fellow.row().text("comm"),
                    "reason", fellow.row().text("reason"), "ties", fellow.ties()));
        }
        return ordered("deaths", why.minute().deaths(), "failures", why.minute().failures(), "kin_total", why.minute().total(), "first",
                why.isFirst(), "kin", kin);
    }

    private Map<String, Object> others(Choice.Matches matches) {
        List<Object> others = new ArrayList<>();
        for (Fact other : matches.matches().subList(1, matches.matches().size())) {
            others.add(ordered("host", other.text("host"), "seq", other.number("seq"), "pid", other.number("pid"), "ts",
                    time(other.number("us")), "comm", other.text("comm"), "reason", other.text("reason"), "command",
                    invocation.why(other)));
        }
        return ordered("total", matches.total() - 1, "newest", others);
    }

    private String time(Long micros) {
        return micros == null ? null : Window.ofMicros(micros).atZone(zone).format(TIME);
    }

    private static Map<String, Object> copy(Fact row, List<String> columns) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (String column : columns) {
            object.put(column, !row.has(column) ? null : FLAGS.contains(column) ? (Object) row.is(column) : row.value(column));
        }
        return object;
    }

    /// An object with its keys in this order.
    static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            object.put((String) pairs[i], pairs[i + 1]);
        }
        return object;
    }
}
