package exitbox.analyzer;

import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.Screen;
import exitbox.analyzer.text.TextOut;
import java.util.LinkedHashSet;
import java.util.Set;

/// What is said beside an answer, on stderr: how it was understood, at once, and what it could not see, at its end.
public final class Notices {
    private final TextOut err;
    private final Paint paint;
    private final int screenWidth;
    private final Set<String> pending = new LinkedHashSet<>();

    public Notices(TextOut err, Paint paint) {
        this(err, paint, 0);
    }

    /// @param screenWidth the terminal's columns, which sentences are wrapped to; 0 when they go elsewhere
    public Notices(TextOut err, Paint paint, int screenWidth) {
        this.err = err;
        this.paint = paint;
        this.screenWidth = screenWidth;
    }

    /// Says something now.
    public void say(String sentence) {
        wrapped("", sentence, Tone.FAINT);
        err.flush();
    }

    private void wrapped(String head, String sentence, Tone tone) {
        paint.begin(err, tone);
        err.plain(head);
        if (screenWidth == 0) {
            err.safe(sentence);
        } else {
            String blank = "";
            for (String word : sentence.split(" ")) {
                if (!blank.isEmpty() && err.column() + 1 + Screen.width(word) > screenWidth) {
                    err.line().plain("  ");
                    blank = "";
                }
                err.plain(blank).safe(word);
                blank = " ";
            }
        }
        paint.end(err);
        err.line();
    }

    /// Says something when the answer is complete, once.
    public void note(String sentence) {
        pending.add(sentence);
    }

    /// Says what was noted. The answer has been flushed before.
    public void flush() {
        for (String sentence : pending) {
            wrapped("note: ", sentence, Tone.NOTE);
        }
        pending.clear();
        err.flush();
    }
}
