package exitbox.analyzer;

import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.Paint.Tone;
import exitbox.analyzer.text.TextOut;
import java.util.LinkedHashSet;
import java.util.Set;

/// What is said beside an answer, on stderr: how it was understood, at once, and what it could not see, at its end.
public final class Notices {
    private final TextOut err;
    private final Paint paint;
    private final Set<String> pending = new LinkedHashSet<>();

    public Notices(TextOut err, Paint paint) {
        this.err = err;
        this.paint = paint;
    }

    /// Says something now.
    public void say(String sentence) {
        paint.begin(err, Tone.FAINT);
        err.safe(sentence);
        paint.end(err);
        err.line().flush();
    }

    /// Says something when the answer is complete, once.
    public void note(String sentence) {
        pending.add(sentence);
    }

    /// Says what was noted. The answer has been flushed before.
    public void flush() {
        for (String sentence : pending) {
            paint.begin(err, Tone.NOTE);
            err.plain("note: ").safe(sentence);
            paint.end(err);
            err.line();
        }
        pending.clear();
        err.flush();
    }
}
