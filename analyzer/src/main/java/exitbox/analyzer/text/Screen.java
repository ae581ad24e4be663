package exitbox.analyzer.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// What text does to a terminal: which characters steer it, and how wide the others are.
public final class Screen {
    private Screen() {}

    /// Whether a character controls a terminal (C0, DEL, C1), ends a line or turns the direction of text.
    public static boolean steers(char c) {
        return c < 0x20 || c >= 0x7f && c <= 0x9f || c == 0x61c || c == 0x200e || c == 0x200f || c >= 0x2028 && c <= 0x202e
                || c >= 0x2066 && c <= 0x2069 || c == 0xfeff;
    }

    /// The text as [TextOut#safe] writes it.
    public static String safe(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (steers(text.charAt(i))) {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                try (TextOut out = new TextOut(bytes)) {
                    out.safe(text);
                }
                return bytes.toString(StandardCharsets.UTF_8);
            }
        }
        return text;
    }

    /// The columns that [TextOut#safe] takes for the text.
    public static int width(String text) {
        int width = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7f) {
                width++;
            } else if (steers(c)) {
                width += c >= 0x800 ? 12 : c >= 0x80 ? 8 : 4;
            } else {
                int point = text.codePointAt(i);
                width += width(point);
                i += Character.charCount(point) - 1;
            }
        }
        return width;
    }

    /// As much of the text's beginning as takes so many columns.
    public static String cut(String text, int columns) {
        int width = 0;
        for (int i = 0; i < text.length();) {
            int next = i + Character.charCount(text.codePointAt(i));
            width += width(text.substring(i, next));
            if (width > columns) {
                return text.substring(0, i);
            }
            i = next;
        }
        return text;
    }

    /// The columns of a printable character: 0 for marks that combine, 2 for East Asian wide ones and emoji.
    static int width(int c) {
        if (c < 0x300) {
            return 1;
        }
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = c >= 0x1100 && (c <= 0x115f || c >= 0x2e80 && c <= 0x303e || c >= 0x3041 && c <= 0xa4cf || c >= 0xac00 && c <= 0xd7a3
                || c >= 0xf900 && c <= 0xfaff || c >= 0xfe30 && c <= 0xfe6f || c >= 0xff00 && c <= 0xff60 || c >= 0xffe0 && c <= 0xffe6
                || c >= 0x1f300 && c <= 0x1f64f || c >= 0x1f900 && c <= 0x1f9ff || c >= 0x20000 && c <= 0x3fffd);
        return wide ? 2 : 1;
    }
}
