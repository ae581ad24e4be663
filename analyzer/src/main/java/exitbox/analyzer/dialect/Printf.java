package exitbox.analyzer.dialect;

import exitbox.analyzer.text.TextOut;
import exitbox.schemas.text.Escape;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;

/// The conversions of C's printf that the tools use, without a format string at run time.
final class Printf {
    private static final long SECOND = 1_000_000_000L;
    private static final long HUNDREDTH = 10_000_000L;
    // Below 2^23 s a double is off by less than half a nanosecond.
    private static final long EXACT = (1L << 23) * SECOND;

    private Printf() {}

    /// `%-7d`, and so on; `-` for [Exit#UNKNOWN].
    static void number(TextOut out, long value, int width) {
        if (value == Exit.UNKNOWN) {
            out.plain('-').repeat(' ', width - 1);
            return;
        }
        out.number(value).repeat(' ', width - (value < 0 ? 1 + TextOut.length(-value) : TextOut.length(value)));
    }

    /// `%-7.2f` of nanoseconds as seconds in a double: ties are decided by the double's exact value, as C and Python do,
    /// and not by its shortest decimal form, as Java's `%.2f` does (0.015 is a little less: 0.01).
    static void seconds(TextOut out, long nanos, int width) {
        if (nanos < 0 || nanos >= EXACT || nanos % HUNDREDTH == HUNDREDTH / 2) {
            String text = rounded(nanos / 1e9);
            out.plain(text).repeat(' ', width - text.length());
            return;
        }
        long hundredths = (nanos + HUNDREDTH / 2) / HUNDREDTH;
        long whole = hundredths / 100;
        out.number(whole).plain('.').digits(hundredths % 100, 2).repeat(' ', width - 3 - TextOut.length(whole));
    }

    /// `%.2f` of a double.
    static String rounded(double value) {
        String text = new BigDecimal(value).setScale(2, RoundingMode.HALF_EVEN).toPlainString();
        // A negative number that rounds to nothing keeps its sign in C.
        return value < 0 && text.charAt(0) != '-' ? "-" + text : text;
    }

    /// `%-16s` of a name, with its control characters replaced. It is padded by what the tool would have printed.
    ///
    /// @param byPoints by code points as Python pads, else by bytes as C does
    static void name(TextOut out, Exit exit, int width, boolean byPoints) {
        byte[] comm = exit.comm();
        int from = exit.commFrom();
        int length = exit.commLength();
        for (int i = from; i < from + length; i++) {
            if (comm[i] < 0x20 || comm[i] == 0x7f) {
                unusual(out, comm, from, length, width, byPoints);
                return;
            }
        }
        for (int i = from; i < from + length; i++) {
            out.plain((char) comm[i]);
        }
        out.repeat(' ', width - length);
    }

    private static void unusual(TextOut out, byte[] comm, int from, int length, int width, boolean byPoints) {
        String text = new String(comm, from, length, StandardCharsets.UTF_8);
        // A backslash is nothing to escape here: it stands for itself, as in the tool.
        int start = from;
        for (int i = from; i <= from + length; i++) {
            if (i == from + length || comm[i] == '\\') {
                out.plain(new String(Escape.escape(comm, start, i - start), StandardCharsets.UTF_8));
                if (i < from + length) {
                    out.plain('\\');
                }
                start = i + 1;
            }
        }
        out.repeat(' ', width - (byPoints ? text.codePointCount(0, text.length()) : length));
    }
}
