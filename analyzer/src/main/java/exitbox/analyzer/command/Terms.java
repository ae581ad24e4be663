package exitbox.analyzer.command;

import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.TextOut;

/// Writes names and what they mean, wrapped at the width of the terminal.
final class Terms {
    private static final int INDENT = 23;

    private final TextOut out;
    private final Paint paint;
    private final int width;

    Terms(TextOut out, Paint paint, int columns) {
        this.out = out;
        this.paint = paint;
        this.width = Math.clamp(columns, 60, 110);
    }

    void heading(String text) {
        strong(text);
        out.line();
    }

    void strong(String text) {
        paint.begin(out, Tone.STRONG);
        out.plain(text);
        paint.end(out);
    }

    /// A name, and a sentence beside it.
    void entry(String term, String text) {
        out.plain("  ");
        strong(term);
        out.padTo(INDENT - 1).plain(' ');
        lines(text, INDENT);
    }

    void wrapped(String text, int indent) {
        out.repeat(' ', indent);
        lines(text, indent);
    }

    /// Writes words into lines, of which the first has begun.
    private void lines(String text, int indent) {
        for (String word : text.split(" ")) {
            if (out.column() > indent && out.column() + 1 + word.length() > width) {
                out.line().repeat(' ', indent);
            } else if (out.column() > indent) {
                out.plain(' ');
            }
            out.plain(word);
        }
        out.line();
    }

    static String firstSentence(String doc) {
        int end = doc.indexOf(". ");
        return end < 0 ? doc : doc.substring(0, end + 1);
    }
}
