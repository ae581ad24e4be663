package exitbox.analyzer.live;

import exitbox.analyzer.dialect.Exit;
import exitbox.analyzer.dialect.ExitTool;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Table;

/// What an exit tracer in wide use prints, its errors included. It sees ends of threads.
final class ToolForm implements Form {
    private final ExitTool tool;
    private final Exit exit = new Exit();

    ToolForm(ExitTool tool) {
        this.tool = tool;
    }

    @Override
    public void header(TextOut out, long micros) {
        tool.header(out, micros);
    }

    @Override
    public boolean line(Event event, TextOut out) {
        boolean death = event.table() == Table.EXITS;
        exit.pid = event.number("pid", Exit.UNKNOWN);
        exit.tid = event.number("tid", Exit.UNKNOWN);
        exit.ppid = event.number("ppid", Exit.UNKNOWN);
        exit.micros = event.number("ts", Exit.UNKNOWN);
        exit.monoNs = event.number("mono_ns", Exit.UNKNOWN);
        exit.startMonoNs = event.number("start_mono_ns", Exit.UNKNOWN);
        exit.status = event.number("status", Exit.UNKNOWN);
        boolean leads = exit.pid == exit.tid;
        if (death && leads) {
            exit.status = event.number("leader_status", exit.status);
        } else if (!leads) {
            exit.status = event.number(death ? "last_status" : "status", exit.status);
            exit.startMonoNs = event.number(death ? "last_start_mono_ns" : "thread_start_mono_ns", exit.startMonoNs);
        }
        exit.comm(event.text(death && !leads ? "last_comm" : "comm"));
        if (!tool.shows(exit)) {
            return false;
        }
        tool.line(exit, out);
        return true;
    }
}
