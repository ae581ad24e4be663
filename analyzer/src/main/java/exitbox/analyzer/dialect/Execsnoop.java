package exitbox.analyzer.dialect;

import exitbox.analyzer.Failure;
import exitbox.analyzer.text.TextOut;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// bcc's execsnoop (tools/execsnoop.py).
final class Execsnoop extends ExecTool {
    private static final int ARGUMENT = 128;
    private static final byte[] MORE = "...".getBytes(StandardCharsets.US_ASCII);
    // A character for each byte: the tool's patterns are of bytes.
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;

    private final Pattern name;
    private final Pattern text;

    Execsnoop(Given given, ZoneId zone) {
        super("execsnoop", given, zone, 1000, true, ARGUMENT);
        for (String map : List.of("cgroupmap", "mntnsmap")) {
            if (given.has(map)) {
                throw Failure.usage(given.typed(map) + " " + given.text(map)
                        + ": is a map of a running kernel, which no recording has — choose by --cgroup PATH, --unit UNIT or --container ID");
            }
        }
        name = pattern("name");
        text = pattern("line");
    }

    private Pattern pattern(String option) {
        if (!given.has(option)) {
            return null;
        }
        try {
            return Pattern.compile(new String(given.text(option).getBytes(StandardCharsets.UTF_8), BYTES));
        } catch (PatternSyntaxException e) {
            throw Failure.usage(given.typed(option) + " " + given.text(option) + ": " + e.getDescription() + " — write another pattern");
        }
    }

    // The tool takes 0 for "not given".
    @Override
    long uid() {
        long uid = super.uid();
        return uid == 0 ? -1 : uid;
    }

    @Override
    public String caution() {
        return super.caution() + (given.has("uid") && uid() < 0 ? "; -u 0 is everybody to it, as if it had not been given" : "");
    }

    @Override
    public void header(TextOut out) {
        if (given.has("time")) {
            out.plain("TIME     ");
        }
        if (given.has("timestamp")) {
            out.plain("TIME(s) ");
        }
        if (given.has("print-uid")) {
            out.plain("UID   ");
        }
        out.plain("COMM             PID     ").plain(given.has("print-pcomm") ? "PCOMM            " : "").plain("PPID    ")
                .plain(given.has("print-cpu") ? "CPU  " : "").plain("RET ARGS").line();
    }

    @Override
    boolean shows(byte[] comm) {
        return (name == null || name.matcher(new String(comm, BYTES)).find())
                && (text == null || text.matcher(new String(joined(false), BYTES)).find());
    }

    @Override
    void numbers(long pid, String parent, long ppid, long cpu) {
        line.number(pid, 7).blank();
        if (given.has("print-pcomm")) {
            line.name(parent, 16).blank();
        }
        if (ppid > 0) {
            line.number(ppid, 7).blank();
        } else {
            line.character('?').blanks(7);
        }
        if (given.has("print-cpu")) {
            line.number(cpu, 4).blank();
        }
    }

    @Override
    void arguments() {
        byte[] all = joined(given.has("quote"));
        int start = 0;
        for (int i = 0; i <= all.length; i++) {
            if (i == all.length || all[i] == '\n') {
                line.printable(all, start, i - start);
                if (i < all.length) {
                    line.character('\\').character('n');
                }
                start = i + 1;
            }
        }
    }

    private byte[] joined(boolean quoted) {
        List<byte[]> all = new ArrayList<>();
        all.add(upTo(exec.path(), ARGUMENT));
        long shown = Math.clamp(exec.arguments().size(), 0, Math.max(0, most - 1));
        exec.arguments().stream().limit(shown).forEach(argument -> all.add(upTo(argument, ARGUMENT)));
        if (exec.count() >= most - 1) {
            all.add(MORE);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] argument : all) {
            if (bytes.size() > 0) {
                bytes.write(' ');
            }
            if (!quoted) {
                bytes.writeBytes(argument);
                continue;
            }
            bytes.write('"');
            for (byte b : argument) {
                if (b == '"') {
                    bytes.write('\\');
                }
                bytes.write(b);
            }
            bytes.write('"');
        }
        return bytes.toByteArray();
    }

    @Override
    boolean losesThreads() {
        return false;
    }
}
