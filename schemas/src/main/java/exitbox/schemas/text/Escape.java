package exitbox.schemas.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// The reversible, always printable form of bytes from the machine (names, paths, arguments).
///
/// Valid UTF-8 stands as it is, but for a backslash (`\\`), control characters (C0, DEL, C1),
/// line and paragraph separators, bidirectional controls and characters that nobody sees, with
/// which a name could pass for another; those and every byte that is no valid UTF-8 become
/// `\xNN`, a byte each.
public final class Escape {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private Escape() {
    }

    /// The printable form of `length` bytes from `offset`, as UTF-8.
    public static byte[] escape(byte[] raw, int offset, int length) {
        int plain = plainPrefix(raw, offset, length);
        if (plain == length) {
            byte[] copy = new byte[length];
            System.arraycopy(raw, offset, copy, 0, length);
            return copy;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 16);
        out.write(raw, offset, plain);
        int end = offset + length;
        for (int i = offset + plain; i < end;) {
            int size = sequence(raw, i, end);
            if (size > 0 && printable(codePoint(raw, i, size))) {
                out.write(raw, i, size);
            } else if (raw[i] == '\\') {
                out.write('\\');
                out.write('\\');
            } else {
                size = Math.max(size, 1);
                for (int k = i; k < i + size; k++) {
                    out.write('\\');
                    out.write('x');
                    out.write(HEX[(raw[k] >> 4) & 15]);
                    out.write(HEX[raw[k] & 15]);
                }
            }
            i += size;
        }
        return out.toByteArray();
    }

    public static String escape(byte[] raw) {
        return new String(escape(raw, 0, raw.length), StandardCharsets.UTF_8);
    }

    /// The bytes that [#escape(byte[])] made this text of. What it never makes, such as a single backslash, stands for itself.
    public static byte[] unescape(String text) {
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
        for (int i = 0; i < in.length; i++) {
            if (in[i] == '\\' && i + 1 < in.length && in[i + 1] == '\\') {
                out.write('\\');
                i++;
            } else if (in[i] == '\\' && i + 3 < in.length && in[i + 1] == 'x' && hex(in[i + 2]) >= 0 && hex(in[i + 3]) >= 0) {
                out.write(hex(in[i + 2]) << 4 | hex(in[i + 3]));
                i += 3;
            } else {
                out.write(in[i]);
            }
        }
        return out.toByteArray();
    }

    private static int hex(byte digit) {
        return Character.digit((char) (digit & 0xff), 16);
    }

    private static int plainPrefix(byte[] raw, int offset, int length) {
        for (int i = 0; i < length; i++) {
            byte b = raw[offset + i];
            if (b < 0x20 || b == 0x7f || b == '\\') {
                return i;
            }
        }
        return length;
    }

    private static boolean printable(int c) {
        return c >= 0x20 && c != '\\' && (c < 0x7f || c > 0x9f && c != 0xad) && (c < 0x34f || !isInvisible(c));
    }

    // Separators of lines, what turns text around, and Unicode's Default_Ignorable_Code_Point from U+034F on.
    private static boolean isInvisible(int c) {
        return c == 0x34f || c == 0x61c || c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 || c >= 0x180b && c <= 0x180f
                || c >= 0x200b && c <= 0x200f || c >= 0x2028 && c <= 0x202e || c >= 0x2060 && c <= 0x206f || c == 0x3164
                || c >= 0xfe00 && c <= 0xfe0f || c == 0xfeff || c == 0xffa0 || c >= 0xfff0 && c <= 0xfffb || c >= 0x1bca0 && c <= 0x1bca3
                || c >= 0x1d173 && c <= 0x1d17a || c >= 0xe0000 && c <= 0xe0fff;
    }

    /// The length of the valid UTF-8 sequence at `i`, or 0: shortest forms only, no surrogates, at most U+10FFFF.
    private static int sequence(byte[] raw, int i, int end) {
        int first = raw[i] & 0xff;
        int size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
        if (size == 0 || i + size > end) {
            return 0;
        }
        for (int k = 1; k < size; k++) {
            if ((raw[i + k] & 0xc0) != 0x80) {
                return 0;
            }
        }
        int c = codePoint(raw, i, size);
        boolean wrong = size == 3 && (c < 0x800 || (c >= 0xd800 && c <= 0xdfff)) || size == 4 && (c < 0x10000 || c > 0x10ffff);
        return wrong ? 0 : size;
    }

    private static int codePoint(byte[] raw, int i, int size) {
        int c = size == 1 ? raw[i] : raw[i] & (0xff >> (size + 1));
        for (int k = 1; k < size; k++) {
            c = (c << 6) | (raw[i + k] & 0x3f);
        }
        return c;
    }
}
