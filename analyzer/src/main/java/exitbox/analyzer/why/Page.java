package exitbox.analyzer.why;

import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.text.Timestamps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/// The page for a person: the verdict, and below it what supports it, the more important the higher up.
final class Page {
    private static final int LINE = 200;
    private static final int SIGNALS = 8;
    private static final int ANCESTORS = 12;

    private final Sheet sheet;
    private final Explanation why;
    private final Death death;
    private final Timestamps times;
    private final Invocation invocation;
    private Long lastLogin;

    private Page(Sheet sheet, Explanation why, Timestamps times, Invocation invocation) {
        this.sheet = sheet;
        this.why = why;
        this.death = why.death();
        this.times = times;
        this.invocation = invocation;
    }

    /// @param width the columns it may have
    static void write(Explanation why, Choice.Matches matches, Invocation invocation, Timestamps times, TextOut out, Paint paint,
            int width) {
        Page page = new Page(new Sheet(out, paint, width), why, times, invocation);
        page.sheet.paragraph(Verdict.of(why, times), page.tone());
        page.process();
        page.memory();
        page.sender();
        page.signals();
        new Together(page.sheet, why, times, invocation).write();
        page.sureness();
        page.others(matches);
    }

    private Tone tone() {
        String reason = death.row().text("reason");
        return death.signal() != null ? reason != null && reason.startsWith("crashed") ? Tone.CRASHED : Tone.KILLED
                : death.isFailure() ? Tone.FAILED : Tone.STRONG;
    }

    private void process() {
        sheet.heading("THE PROCESS");
        Fact row = death.row();
        Program program = why.program();
        if (program != null && program.line() != null) {
            boolean script = program.filename() != null && program.exe() != null
                    && !lastPart(program.filename()).equals(lastPart(program.exe()));
            sheet.fact("ran", Names.cut(program.line(), LINE) + (program.truncated() ? " (and more)" : "")
                    + (program.inherited() ? " (forked; it began no program of its own)" : "")
                    + (script ? ", by " + program.exe() : ""));
        } else if (why.self().isKthread()) {
            sheet.fact("was", "a thread of the kernel's own");
        }
        List<String> where = new ArrayList<>();
        if (program != null && program.cwd() != null) {
            where.add("in " + Names.cut(program.cwd(), 60));
        }
        if (why.self().uid() != null) {
            where.add("as " + Names.user(why.self(), ""));
        }
        if (row.has("container")) {
            where.add("container " + row.text("container").substring(0, 12));
        } else if (row.has("unit")) {
            where.add("unit " + row.text("unit"));
        } else if (row.has("cgroup")) {
            where.add("cgroup " + Names.cut(row.text("cgroup"), 60));
        }
        if (!where.isEmpty()) {
            sheet.fact("where", String.join(", ", where));
        }
        // Else it stands below, first of those who started it.
        String parentEnd = why.parent() == null ? "" : parentEnd();
        if (why.parent() != null && !why.self().isKthread() && (!showsStarters() || !parentEnd.isEmpty()
                || !why.ancestry().parties().getFirst().id().equals(why.parent().id()))) {
            sheet.fact("parent", Names.sender(why.parent()) + parentEnd);
        }
        Usage.of(death).ifPresent(usage -> sheet.fact("lived", usage));
        if (why.fault() != Fact.NONE && why.fault().has("tid")) {
            sheet.fact("thread", why.fault().text("comm") + " (tid " + why.fault().number("tid") + ")");
        }
        leader();
        earlier();
        children();
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private String parentEnd() {
        Fact end = why.parent().life().exit();
        long before = death.bootNs() - end.number("boot_ns", 0);
        return end == Fact.NONE || before < 0 ? "" : "; " + end.text("reason") + " " + Names.span(before) + " before";
    }

    private void leader() {
        if (why.leader() != Fact.NONE) {
            sheet.fact("threads", "its main thread had ended " + Names.span(death.bootNs() - why.leader().number("boot_ns", 0))
                    + " before, with status " + why.leader().number("status", 0) + ": what exitsnoop takes for its death");
        }
    }

    /// What it ran before the program that died.
    private void earlier() {
        List<String> before = new ArrayList<>();
        for (Fact exec : why.self().life().execs()) {
            String line = Program.of(exec).line();
            if (line != null && exec.number("boot_ns", 0) < death.bootNs()
                    && (why.program() == null || exec.number("seq", 0) != why.program().seq())) {
                before.add(Names.cut(line, 40) + " (" + Names.span(death.bootNs() - exec.number("boot_ns", 0)) + " before)");
            }
        }
        if (!before.isEmpty()) {
            sheet.fact("before", String.join(", ", before.subList(0, Math.min(3, before.size()))));
        }
    }

    private void children() {
        Children children = why.children();
        if (children.total() == 0) {
            return;
        }
        List<String> last = new ArrayList<>();
        for (Party child : children.last()) {
            Fact end = child.life().exit();
            String how = end == Fact.NONE || end.number("boot_ns", 0) > death.bootNs() ? "alive then" : end.text("reason");
            last.add(Names.cut(child.line(), 40) + " (pid " + child.id().pid() + ", " + how + ")");
        }
        String which = children.total() > last.size() ? "; the last: " : ": ";
        sheet.fact("children", Counts.text(children.total()) + which + String.join(", ", last));
    }

    private void memory() {
        if (why.oom() == null) {
            return;
        }
        Oom oom = why.oom();
        Fact row = oom.row();
        sheet.heading("OUT OF MEMORY");
        sheet.fact("limit", !row.has("memcg") ? "of a memory cgroup or the machine: the kernel did not say"
                : row.is("memcg") ? "of the memory cgroup" + (row.has("cgroup") ? " " + row.text("cgroup") : "") + ", or one above it"
                : "none of a cgroup: the whole machine's memory");
        if (oom.residentBytes() != null) {
            sheet.fact("it had", Counts.bytes(oom.residentBytes()) + " resident (" + Counts.bytes(row.number("anon_rss_bytes", 0))
                    + " of its own, " + Counts.bytes(row.number("file_rss_bytes", 0)) + " of files, "
                    + Counts.bytes(row.number("shmem_rss_bytes", 0)) + " shared)"
                    + (row.number("swap_bytes", 0) > 0 ? ", " + Counts.bytes(row.number("swap_bytes")) + " in swap" : "")
                    + (row.has("oom_score_adj") ? "; oom_score_adj " + row.number("oom_score_adj") : ""));
        }
        if (oom.trigger() != null) {
            sheet.fact("asked by", oom.trigger().id().equals(death.id()) ? "itself: its own allocation found no memory left"
                    : Names.sender(oom.trigger()) + ": its allocation found no memory left");
        }
    }

    private void sender() {
        Party killer = why.killer();
        if (showsStarters()) {
            sheet.heading("STARTED BY");
            people(null, why.ancestry());
        } else if (isSent()) {
            sheet.heading("SENT BY, AND WHO STARTED THAT");
            people(killer, why.killerAncestry());
            if (why.relay() != null) {
                sheet.heading("WHO SENT IT THERE, AND WHO STARTED THAT");
                people(why.relay().sender(), why.relay().ancestry());
            }
        }
    }

    /// Whether another process sent the signal.
    private boolean isSent() {
        return why.killer() != null && !"self".equals(death.cause()) && !"oom".equals(death.cause());
    }

    /// Whether who started it is what there is to say: nobody killed it, and it is no service of the first process.
    private boolean showsStarters() {
        return !isSent() && death.isFailure() && !why.ancestry().parties().isEmpty()
                && !why.ancestry().parties().getFirst().isInit();
    }

    private void people(Party first, Ancestry ancestry) {
        lastLogin = null;
        if (first != null) {
            person(first);
        }
        List<Party> all = ancestry.parties();
        int shown = all.size() <= ANCESTORS ? all.size() : ANCESTORS - 1;
        all.subList(0, shown).forEach(this::person);
        if (shown < all.size()) {
            sheet.note("… " + (all.size() - shown - 1) + " more …");
            person(all.getLast());
        }
        switch (ancestry.end()) {
            case INIT -> {
            }
            case UNKNOWN -> sheet.note("        who started that, the recording does not know");
            case CONTRADICTION ->
                    sheet.note("        here the recording contradicts itself: a parent younger than its child, or its own descendant");
            case CUT -> sheet.note("        and so on");
        }
    }

    private void person(Party party) {
        String user = party.uid() == null ? "-" : party.uid() == 0 ? "root" : Long.toString(party.uid());
        // It goes down from who logged in: said where it is news.
        boolean news = party.loginuid() != null && !party.loginuid().equals(lastLogin) && !party.loginuid().equals(party.uid());
        lastLogin = party.loginuid();
        sheet.row(String.format("%8d  %-6s  %s%s", party.id().pid(), user, Names.cut(party.line(), sheet.width() - 36),
                news ? "  (login uid " + party.loginuid() + ")" : ""), null);
    }

    private void signals() {
        List<Received> received = why.received();
        if (received.isEmpty() || received.size() == 1 && received.getFirst().dooms() && death.cause() != null) {
            return;
        }
        sheet.heading("SIGNALS IT GOT IN THE MINUTE BEFORE");
        long left = received.getFirst().total() - Math.min(SIGNALS, received.size());
        if (left > 0) {
            sheet.note("(" + Counts.text(left) + " earlier)");
        }
        for (Received signal : received.subList(Math.max(0, received.size() - SIGNALS), received.size())) {
            String from = signal.sender() != null ? signal.sender().id().equals(death.id()) ? "itself" : signal.sender().line() + " ("
                    + signal.sender().id().pid() + ")" : signal.row().text("cause") == null ? "-" : signal.row().text("cause");
            sheet.row(String.format("%10s before  %-9s %-10s %s", Names.span(death.bootNs() - signal.bootNs()),
                    Names.signal(signal.signal()), signal.fate(), from), null);
        }
        Received asked = why.escalated();
        if (asked != null) {
            boolean same = asked.sender() != null && why.killer() != null && asked.sender().id().equals(why.killer().id());
            sheet.note(Names.signal(asked.signal()) + " first, SIGKILL " + Names.span(why.escalatedAfterNs()) + " later"
                    + (same ? ", of the same sender." : "."));
        }
    }

    private void sureness() {
        Doubts doubts = Doubts.of(why, times);
        sheet.heading("HOW SURE");
        sheet.note(doubts.verdict());
        doubts.weaknesses().forEach(weakness -> sheet.note(weakness.sentence()));
        if (doubts.remedy() != null) {
            sheet.note(doubts.remedy());
        }
        for (Hints.Hint hint : Hints.of(why, invocation)) {
            sheet.note("Hint: " + hint.text());
            if (hint.command() != null) {
                sheet.command("", hint.command());
            }
        }
        sheet.note("Evidence, by seq: " + String.join("; ", doubts.evidence().stream().collect(Collectors.groupingBy(Doubts.Row::table,
                LinkedHashMap::new, Collectors.mapping(row -> Long.toString(row.seq()), Collectors.joining(", ")))).entrySet().stream()
                .map(rows -> rows.getKey() + " " + rows.getValue()).toList())
                + (why.watch().isProven() && doubts.weaknesses().isEmpty() ? ". Heartbeats without a hole." : "."));
    }

    private void others(Choice.Matches matches) {
        List<Fact> others = matches.matches().subList(1, matches.matches().size());
        if (others.isEmpty()) {
            return;
        }
        sheet.heading("OTHER DEATHS THAT MATCH, " + Counts.text(matches.total() - 1));
        for (Fact other : others) {
            String who = (other.text("comm") == null ? "-" : other.text("comm")) + ", "
                    + (other.has("signal") ? Names.signal(other.number("signal")) : "exit " + other.number("code", 0));
            sheet.command(Names.pad(Names.cut(who, 25), 26), invocation.why(other));
        }
        long more = matches.total() - 1 - others.size();
        if (more > 0) {
            sheet.note("and " + Counts.text(more) + " more: choose with --at, --since and --until, -x, or another word");
        }
    }
}
