package exitbox.analyzer.text;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/// Text to a stream as UTF-8, buffered, made for millions of lines. What comes from a recording goes
/// through [#safe] or [#json]; [#plain] is for the program's own words. A failing stream throws
/// [UncheckedIOException].
public final class TextOut implements AutoCloseable {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    private static final int SIZE = 1 << 16;
    // The most bytes a single step below writes before it looks at the room again.
    private static final int STEP = 64;
    private static final boolean[] NOTHING = new boolean[0x80];
    private static final boolean[] JSON_MARKS = new boolean[0x80];

    static {
        for (char mark : new char[]{'"', '\\', '<'}) {
            JSON_MARKS[mark] = true;
        }
    }

    private final OutputStream out;
    private final byte[] buffer = new byte[SIZE];
    private int size;
    private long column;
    private boolean drained;

    public TextOut(OutputStream out) {
        this.out = out;
    }

    /// A single ASCII character.
    public TextOut plain(char c) {
        if (size == SIZE) {
            drain();
        }
        buffer[size++] = (byte) c;
        column++;
        return this;
    }

    /// The program's own words, written as they are.
    public TextOut plain(String text) {
        int from = harmless(text, NOTHING);
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                if (size == SIZE) {
                    drain();
                }
                buffer[size++] = (byte) c;
            } else {
                i = wide(text, i, c);
            }
        }
        column += text.length() - from;
        return this;
    }

    /// Bytes that are text already, fit to be seen: what was put together elsewhere.
    public TextOut whole(byte[] bytes, int length) {
        if (size + length > SIZE) {
            drain();
            if (length > SIZE) {
                write(bytes, length);
                column += length;
                return this;
            }
        }
        System.arraycopy(bytes, 0, buffer, size, length);
        size += length;
        column += length;
        return this;
    }

    /// Ends the line.
    public TextOut line() {
        plain('\n');
        column = 0;
        return this;
    }

    /// Text that may hold anything: characters that steer a terminal or turn text around stand as `\xNN`, byte by byte.
    public TextOut safe(String text) {
        for (int i = harmless(text, NOTHING); i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7f) {
                if (size == SIZE) {
                    drain();
                }
                buffer[size++] = (byte) c;
                column++;
            } else if (Screen.steers(c)) {
                escaped(c);
            } else {
                i = wide(text, i, c);
                column += Screen.width(text.codePointBefore(i + 1));
            }
        }
        return this;
    }

    /// Writes the beginning of a text that needs no look at its neighbours: printable ASCII, but for some characters. Returns
    /// where that ends. Nearly every text ends there.
    private int harmless(String text, boolean[] but) {
        int length = text.length();
        if (length > SIZE) {
            return 0;
        }
        room(length);
        int i = 0;
        for (char c; i < length && (c = text.charAt(i)) >= 0x20 && c < 0x7f && !but[c]; i++) {
            buffer[size + i] = (byte) c;
        }
        size += i;
        column += i;
        return i;
    }

    /// Text as a JSON string, quotes included. Beyond what JSON asks for, C1 and bidi controls are escaped, and `</` too.
    public TextOut json(String text) {
        plain('"');
        for (int i = harmless(text, JSON_MARKS); i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                plain('\\').plain(c);
            } else if (c == '/' && i > 0 && text.charAt(i - 1) == '<') {
                plain('\\').plain('/');
            } else if (c >= 0x20 && c < 0x7f) {
                plain(c);
            } else if (Screen.steers(c)) {
                unicode(c);
            } else {
                i = wide(text, i, c);
            }
        }
        return plain('"');
    }

    /// A JSON value as DuckDB wrote it, on one line: what steers a terminal is escaped, inside strings, the only place it can stand.
    public TextOut jsonValue(String json) {
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c < 0x20) {
                plain(' ');
            } else if (c < 0x7f) {
                plain(c);
            } else if (Screen.steers(c)) {
                unicode(c);
            } else {
                i = wide(json, i, c);
            }
        }
        return this;
    }

    public TextOut number(long value) {
        if (value < 0) {
            if (value == Long.MIN_VALUE) {
                return plain(Long.toString(value));
            }
            plain('-');
            value = -value;
        }
        return digits(value, 1);
    }

    /// A number of at least so many digits, with zeros in front.
    public TextOut digits(long value, int least) {
        int count = Math.max(least, length(value));
        room(count);
        for (int i = size + count - 1; i >= size; i--) {
            buffer[i] = (byte) ('0' + value % 10);
            value /= 10;
        }
        size += count;
        column += count;
        return this;
    }

    /// Blanks up to a column of the line, at least none.
    public TextOut padTo(long target) {
        return repeat(' ', (int) Math.max(0, target - column));
    }

    public TextOut repeat(char c, int times) {
        if (times > SIZE) {
            for (int i = 0; i < times; i++) {
                plain(c);
            }
        } else if (times > 0) {
            room(times);
            Arrays.fill(buffer, size, size + times, (byte) c);
            size += times;
            column += times;
        }
        return this;
    }

    /// The display column the next character goes to, 0 at the line's start.
    public long column() {
        return column;
    }

    /// A sequence for the terminal: takes no room on it.
    public TextOut control(String sequence) {
        long before = column;
        plain(sequence);
        column = before;
        return this;
    }

    /// Hands everything written so far to the stream.
    public void flush() {
        drain();
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Forgets what was written, when none of it has reached the stream yet; false when some has.
    public boolean takeBack() {
        if (drained) {
            return false;
        }
        size = 0;
        column = 0;
        return true;
    }

    /// Flushes; the stream stays open, it belongs to who gave it.
    @Override
    public void close() {
        flush();
    }

    /// The decimal digits of a number that is not negative.
    public static int length(long value) {
        int digits = 1;
        for (long rest = value / 10; rest != 0; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private void unicode(char c) {
        plain("\\u").plain((char) HEX[c >> 12]).plain((char) HEX[c >> 8 & 15]).plain((char) HEX[c >> 4 & 15]).plain((char) HEX[c & 15]);
    }

    private void escaped(char c) {
        if (c >= 0x800) {
            hex(0xe0 | c >> 12);
            hex(0x80 | c >> 6 & 0x3f);
            hex(0x80 | c & 0x3f);
        } else if (c >= 0x80) {
            hex(0xc0 | c >> 6);
            hex(0x80 | c & 0x3f);
        } else {
            hex(c);
        }
    }

    private void hex(int b) {
        plain('\\').plain('x').plain((char) HEX[b >> 4 & 15]).plain((char) HEX[b & 15]);
    }

    /// Encodes the character at `i` that is not ASCII; returns the index of its last half.
    private int wide(String text, int i, char c) {
        room(4);
        if (c < 0x800) {
            buffer[size++] = (byte) (0xc0 | c >> 6);
        } else if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
            int point = Character.toCodePoint(c, text.charAt(i + 1));
            buffer[size++] = (byte) (0xf0 | point >> 18);
            buffer[size++] = (byte) (0x80 | point >> 12 & 0x3f);
            buffer[size++] = (byte) (0x80 | point >> 6 & 0x3f);
            buffer[size++] = (byte) (0x80 | point & 0x3f);
            return i + 1;
        } else if (Character.isSurrogate(c)) {
            buffer[size++] = '?';
            return i;
        } else {
            buffer[size++] = (byte) (0xe0 | c >> 12);
            buffer[size++] = (byte) (0x80 | c >> 6 & 0x3f);
        }
        buffer[size++] = (byte) (0x80 | c & 0x3f);
        return i;
    }

    private void room(int needed) {
        if (size + Math.max(needed, STEP) > SIZE) {
            drain();
        }
    }

    private void drain() {
        int length = size;
        size = 0;
        write(buffer, length);
    }

    private void write(byte[] bytes, int length) {
        drained |= length > 0;
        try {
            out.write(bytes, 0, length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
