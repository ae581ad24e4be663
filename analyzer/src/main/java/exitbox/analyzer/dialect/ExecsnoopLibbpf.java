package exitbox.analyzer.dialect;

import exitbox.analyzer.text.TextOut;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;

/// libbpf-tools' execsnoop.
final class ExecsnoopLibbpf extends ExecTool {
    // The kernel copies a text and its end into 128 bytes.
    private static final int ARGUMENT = 127;
    private static final int MOST = 60;
    private static final int ROOM = (MOST - 1) * (ARGUMENT + 1);

    ExecsnoopLibbpf(Given given, ZoneId zone) {
        super("execsnoop-libbpf", given, zone, MOST, false, ARGUMENT);
    }

    // As wide as the tool's, which is not as wide as its lines.
    @Override
    public void header(TextOut out) {
        if (given.has("time")) {
            out.plain("TIME     ");
        }
        if (given.has("timestamp")) {
            out.plain("TIME(s)  ");
        }
        if (given.has("print-uid")) {
            out.plain("UID    ");
        }
        out.plain("PCOMM            PID    PPID   RET ARGS").line();
    }

    // It looks for the words of both options in the name.
    @Override
    boolean shows(byte[] comm) {
        return contains(comm, given.text("name")) && contains(comm, given.text("line"));
    }

    private static boolean contains(byte[] text, String wanted) {
        if (wanted == null) {
            return true;
        }
        byte[] part = wanted.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i + part.length <= text.length; i++) {
            if (Arrays.equals(text, i, i + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    @Override
    void numbers(long pid, String parent, long ppid, long cpu) {
        line.number(pid, 6).blank().number(ppid, 6).blank();
    }

    @Override
    void arguments() {
        boolean quoted = given.has("quote");
        if (quoted) {
            line.character('"');
        }
        byte[] path = upTo(exec.path(), ARGUMENT);
        int size = path.length + 1;
        boolean full = false;
        int shown = 0;
        for (; shown < Math.min(exec.arguments().size(), most - 1); shown++) {
            full = size > ROOM;
            if (full) {
                break;
            }
            size += Math.min(ARGUMENT, exec.arguments().get(shown).length) + 1;
        }
        boolean more = !full && exec.count() > most - 1;
        argument(path, quoted, shown > 0 || more);
        for (int i = 0; i < shown; i++) {
            argument(upTo(exec.arguments().get(i), ARGUMENT), quoted, i + 1 < shown || more);
        }
        if (more) {
            line.text(" ...");
        }
    }

    // The quotation mark of an argument that does not come opens all the same.
    private void argument(byte[] text, boolean quoted, boolean another) {
        if (!quoted) {
            line.printable(text, 0, text.length).blank();
            return;
        }
        int start = 0;
        for (int i = 0; i <= text.length; i++) {
            if (i == text.length || text[i] == '"' || text[i] == '\t' || text[i] == '\n') {
                line.printable(text, start, i - start);
                if (i < text.length) {
                    line.character('\\').character(text[i] == '"' ? '"' : text[i] == '\t' ? 't' : 'n');
                }
                start = i + 1;
            }
        }
        line.character('"').blank();
        if (another) {
            line.character('"');
        }
    }

    @Override
    boolean losesThreads() {
        return true;
    }
}
