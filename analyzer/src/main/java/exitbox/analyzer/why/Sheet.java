package exitbox.analyzer.why;

import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.Screen;
import exitbox.analyzer.text.TextOut;

/// Writes paragraphs, labelled facts and rows that never are wider than the page.
final class Sheet {
    private static final int LABEL = 12;

    private final TextOut out;
    private final Paint paint;
    private final int width;

    Sheet(TextOut out, Paint paint, int width) {
        this.out = out;
        this.paint = paint;
        this.width = width;
    }

    int width() {
        return width;
    }

    /// A heading, with a blank line above it.
    void heading(String text) {
        out.line();
        painted(text, Tone.STRONG);
        out.line();
    }

    /// Sentences from the left edge.
    void paragraph(String text, Tone tone) {
        if (tone != null) {
            paint.begin(out, tone);
        }
        wrapped(text, 0);
        if (tone != null) {
            paint.end(out);
        }
        out.line();
    }

    /// A fact beside its label.
    void fact(String label, String text) {
        out.plain("  ");
        painted(label, Tone.FAINT);
        out.padTo(LABEL);
        wrapped(text, LABEL);
        out.line();
    }

    /// Sentences in the indent of the facts.
    void note(String text) {
        out.plain("  ");
        wrapped(text, 2);
        out.line();
    }

    /// One line, cut off at the page's edge. What is behind `…` has JSON.
    void row(String text, Tone tone) {
        out.plain("  ");
        if (tone != null) {
            paint.begin(out, tone);
        }
        out.safe(Names.cut(text, width - 2).replace(Names.UNBROKEN, ' '));
        if (tone != null) {
            paint.end(out);
        }
        out.line();
    }

    /// A line that is not cut or broken, since it is to be pasted.
    void command(String before, String command) {
        out.plain("  ").safe(before);
        painted(command, Tone.STRONG);
        out.line();
    }

    void blank() {
        out.line();
    }

    private void painted(String text, Tone tone) {
        paint.begin(out, tone);
        out.safe(text);
        paint.end(out);
    }

    private void wrapped(String text, int indent) {
        String blank = "";
        for (String word : text.split(" ")) {
            int room = width - indent;
            if (!blank.isEmpty() && out.column() + 1 + columns(word) > width) {
                out.line().repeat(' ', indent);
                blank = "";
            }
            out.plain(blank);
            for (String rest = word; !rest.isEmpty();) {
                String part = columns(rest) <= room ? rest : head(rest, room);
                out.safe(part.replace(Names.UNBROKEN, ' '));
                rest = rest.substring(part.length());
                if (!rest.isEmpty()) {
                    out.line().repeat(' ', indent);
                }
            }
            blank = " ";
        }
    }

    private static int columns(String word) {
        return Screen.width(word.replace(Names.UNBROKEN, ' '));
    }

    /// As much of a word as fits a line, at least a character.
    private static String head(String word, int columns) {
        int end = Character.charCount(word.codePointAt(0));
        while (end < word.length()) {
            int next = end + Character.charCount(word.codePointAt(end));
            if (columns(word.substring(0, next)) > columns) {
                break;
            }
            end = next;
        }
        return word.substring(0, end);
    }
}
