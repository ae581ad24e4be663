package exitbox.analyzer.why;

import exitbox.analyzer.filter.Window;
import exitbox.analyzer.text.Counts;
import exitbox.analyzer.text.Timestamps;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// How sure an explanation is: whether the verdict stands, what weakens the rest, and which rows are the evidence.
///
/// @param certainty whether who or what did it is known
/// @param verdict a sentence on that
/// @param unknown why it is not, as a part of a sentence; null when it is
/// @param weaknesses what may be missing, a sentence each; none when the recorder saw all that is told
/// @param remedy what would help another time; null when nothing is to be done
/// @param evidence the rows that all this is read from
record Doubts(Certainty certainty, String verdict, String unknown, List<Weakness> weaknesses, String remedy, List<Row> evidence) {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final String SIGNAL_HOOK = "signal_generate";
    private static final String EXEC_HOOK = "sched_process_exec";

    /// Whether it is known who or what ended the process.
    enum Certainty {
        SURE, UNKNOWN
    }

    /// @param kind a word that does not change: deleted, damaged, loss, taken_over, silence, unproven, late, filter, program
    record Weakness(String kind, String sentence) {
    }

    record Row(String table, long seq) {
    }

    static Doubts of(Explanation why, Timestamps times) {
        return new Weighing(why, times).weigh();
    }

    private static final class Weighing {
        private final Explanation why;
        private final Death death;
        private final Watch watch;
        private final Timestamps times;
        private final List<Weakness> weaknesses = new ArrayList<>();
        private String remedy;

        Weighing(Explanation why, Timestamps times) {
            this.why = why;
            this.death = why.death();
            this.watch = why.watch();
            this.times = times;
        }

        Doubts weigh() {
            boolean unknown = death.signal() != null && death.cause() == null || death.row().text("reason") == null;
            String because = unknown ? unknownBecause() : null;
            note();
            return new Doubts(unknown ? Certainty.UNKNOWN : Certainty.SURE,
                    unknown ? "Cannot tell who or what did it: " + because + "." : sure(), because, weaknesses, remedy, evidence());
        }

        private String sure() {
            if (why.self().isKthread()) {
                return "Sure: the kernel's own threads end when their work does.";
            }
            if (death.signal() == null) {
                return "Sure: this is the status that waitpid(2) gives. Why the program chose it, only its own words can tell: its log.";
            }
            boolean bySomebody = List.of("user", "self", "parent_death").contains(death.cause());
            return bySomebody && why.killer() != null ? "Sure: the kernel named the sender in the moment the signal was sent."
                    : "oom".equals(death.cause()) ? "Sure: the kernel itself marked it as the OOM killer's choice."
                    : "Sure: the kernel itself said where the signal came from.";
        }

        private String unknownBecause() {
            if (death.row().text("reason") == null) {
                return "the recording has no status for it";
            }
            Losses losses = nearLosses();
            String missing = watch.missing(SIGNAL_HOOK);
            if (missing != null) {
                remedy = "Other kernels, or more rights for the recorder, may give the hook.";
                return "the recorder could not look at signals (" + missing + ")";
            }
            if (!watch.hasRun()) {
                return "the recording does not say what its recorder looked at";
            }
            if (watch.run().text("hooks") != null && !watch.hooked(SIGNAL_HOOK)) {
                remedy = "Recorded with the hook " + SIGNAL_HOOK + ", the next one has its sender.";
                return "this recorder" + (watch.run().text("version") == null ? "" : ", version " + watch.run().text("version") + ",")
                        + " did not look at signals";
            }
            if (!losses.isEmpty()) {
                remedy = losses.remedy();
                return losses.said(this::at);
            }
            Gone gone = why.gone().of(death.bootNs() - SECOND_NS, death.bootNs());
            if (!gone.isNothing()) {
                return gone.said(this::at);
            }
            if (watch.startedSince(death.bootNs() - SECOND_NS)) {
                return "the recorder had only just started, at " + at(watch.run().number("us"));
            }
            if (watch.isDark() && !watch.wasTakenOver()) {
                return "the recorder gave no sign of life " + dark();
            }
            return "no signal that explains it was seen being sent";
        }

        private void note() {
            if (!why.gone().deleted().isEmpty()) {
                weak("deleted", incomplete(new Gone(why.gone().deleted(), List.of(), 0)) + why.gone().saidOfDeleted(this::at) + ".");
            }
            if (!why.gone().damaged().isEmpty()) {
                weak("damaged", incomplete(new Gone(List.of(), why.gone().damaged(), 0)) + why.gone().saidOfDamaged(this::at) + ".");
            }
            if (why.gone().undated() > 0) {
                boolean one = why.gone().undated() == 1;
                weak("damaged", "Of " + why.gone().undated() + (one ? " file or catalog line that is" : " files or catalog lines that are")
                        + " damaged or foreign it is not known what time " + (one ? "it is of: exitbox verify names it."
                                : "they are of: exitbox verify names them."));
            }
            if (!nearLosses().isEmpty()) {
                weak("loss", "What is told of the minute before may be incomplete: " + nearLosses().said(this::at) + ".");
            }
            if (watch.wasTakenOver()) {
                weak("taken_over", "No recorder lived from " + at(watch.darkSince()) + " to " + at(watch.takeover().number("us"))
                        + ": the kernel went on collecting for the next one, and what it lost is told as a loss.");
            } else if (watch.isDark()) {
                weak("silence", "The recorder gave no sign of life " + dark() + ": what happened then may be missing.");
            } else if (!watch.isProven()) {
                weak("unproven", "No heartbeat of the recorder stands in the minute before: nothing proves that it saw all of it.");
            }
            if (watch.startedSince(death.bootNs() - Explainer.MINUTE_NS)) {
                weak("late", "The recorder started only at " + at(watch.run().number("us")) + ": what was before is not in the recording.");
            }
            if (watch.run().has("filters") && !watch.run().text("filters").isEmpty()) {
                weak("filter", "Recorded with " + watch.run().text("filters") + ": what else died is not all in the recording.");
            }
            programs();
        }

        /// Why a command line is not known.
        private void programs() {
            boolean own = why.isProgramUnknown();
            boolean killers = why.isKillersProgramUnknown();
            if (!own && !killers) {
                return;
            }
            String whose = own && killers ? "What the two ran" : killers ? "What the sender ran" : "What it ran";
            String missing = watch.missing(EXEC_HOOK);
            ProcessId of = killers ? why.killer().id() : death.id();
            long since = of.isSure() ? of.startBootNs() : death.bootNs() - Explainer.MINUTE_NS;
            Losses losses = watch.losses().of(since, death.bootNs(), Table.EXECS, Table.FORKS, Table.TASKS);
            Gone gone = why.gone().of(since, death.bootNs());
            weak("program", whose + " is not known: "
                    + (missing != null ? "the recorder could not look at execs (" + missing + ")."
                            : watch.hasRun() && watch.run().text("hooks") != null && !watch.hooked(EXEC_HOOK)
                                    ? "this recorder did not look at execs."
                            : !losses.isEmpty() ? losses.said(this::at) + "."
                            : !gone.isNothing() ? gone.said(this::at) + "."
                            : watch.startedSince(since) ? "it began before the recorder did."
                            : "no row of execs or tasks says so."));
        }

        /// What may lack something, the nearest to the death first.
        private String incomplete(Gone gone) {
            long own = death.id().isSure() ? death.id().startBootNs() : death.bootNs();
            String what = !gone.of(death.bootNs() - Explainer.MINUTE_NS, death.bootNs()).isNothing() ? "the minute before"
                    : !gone.of(own, death.bootNs()).isNothing() ? "its life"
                    : !gone.of(death.bootNs(), Long.MAX_VALUE).isNothing() ? "the minute after it" : "the sender";
            return "What is told of " + what + " may be incomplete: ";
        }

        private Losses nearLosses() {
            return watch.losses().of(death.bootNs() - Explainer.MINUTE_NS, death.bootNs() + SECOND_NS, Table.EXITS, Table.SIGNALS,
                    Table.OOMS,
                    Table.EXECS, Table.FORKS);
        }

        private void weak(String kind, String sentence) {
            weaknesses.add(new Weakness(kind, sentence));
        }

        private String dark() {
            Long until = watch.darkUntil();
            return "from " + at(watch.darkSince()) + (until == null ? " on" : " to " + at(until));
        }

        /// The day of the death stands in the verdict.
        private String at(long micros) {
            String time = times.brief(Window.ofMicros(micros));
            return death.micros() != null && times.brief(Window.ofMicros(death.micros())).startsWith(time.substring(0, 11))
                    ? time.substring(11)
                    : time;
        }

        private List<Row> evidence() {
            List<Row> rows = new ArrayList<>();
            rows.add(new Row("exits", death.seq()));
            if (why.doom() != null) {
                rows.add(new Row("signals", why.doom().row().number("seq")));
            } else if (why.fault() != Fact.NONE) {
                rows.add(new Row("signals", why.fault().number("seq")));
            }
            Received asked = death.signal() == null ? why.request() : why.escalated();
            if (asked != null) {
                rows.add(new Row("signals", asked.row().number("seq")));
            }
            if (why.relay() != null) {
                rows.add(new Row("signals", why.relay().row().number("seq")));
                program(why.relay().sender().program(), rows);
            }
            if (why.oom() != null) {
                rows.add(new Row("ooms", why.oom().row().number("seq")));
            }
            program(why.program(), rows);
            program(why.killer() == null ? null : why.killer().program(), rows);
            return rows.stream().distinct().sorted(Comparator.comparing(Row::seq)).toList();
        }

        private static void program(Program program, List<Row> rows) {
            if (program != null && program.table() != null) {
                rows.add(new Row(program.table(), program.seq()));
            }
        }
    }
}
