package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Notices;
import exitbox.analyzer.session.DuckDb;
import exitbox.analyzer.terminal.Pages;
import exitbox.analyzer.terminal.Progress;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.DoubleSupplier;

/// What every command works with: its surroundings and the two streams it writes.
public final class Context {
    private final Console console;
    private final DuckDb duckDb = new DuckDb();
    private final Progress progress;
    private final Pages pages;
    private final TextOut out;
    private final TextOut err;
    private volatile DoubleSupplier percent = duckDb::percent;

    public Context(Console console) {
        this.console = console;
        this.progress = new Progress(console, () -> percent.getAsDouble());
        this.pages = new Pages(console, progress);
        this.out = new TextOut(pages);
        this.err = new TextOut(new Beside());
    }

    /// Standard error, which on a terminal has to share it with the answer's pages and with the line that tells of progress.
    private final class Beside extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) {
                if (console.errIsTerminal()) {
                    pages.settle();
                }
                progress.aside(() -> console.err().write(bytes, offset, length));
            }
        }

        @Override
        public void flush() throws IOException {
            console.err().flush();
        }
    }

    public Console console() {
        return console;
    }

    /// The DuckDB of this run, which may be starting already.
    public DuckDb duckDb() {
        return duckDb;
    }

    public TextOut out() {
        return out;
    }

    public TextOut err() {
        return err;
    }

    /// From now on the answer is shown in pages when it is longer than the terminal.
    void inPages(Common common) {
        if (common.mayPage()) {
            pages.turnOn();
        }
    }

    /// Tells how far it is when it takes long, up to the answer's first line on a terminal.
    void showProgress() {
        progress.begin();
    }

    /// The same for work that is not a query.
    ///
    /// @param howFar 0 to 100; negative while nobody knows
    void showProgress(DoubleSupplier howFar) {
        percent = howFar;
        progress.begin();
    }

    /// Ends the answer: what was kept back is written, a pager is waited for, and nothing is left on the terminal.
    public void settle() {
        try {
            out.flush();
            progress.end();
            pages.settle();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Drops what is not written yet, and leaves the terminal clean.
    public void abandon() {
        out.takeBack();
        progress.end();
        try {
            pages.abandon();
        } catch (IOException _) {
            // Nobody listens.
        }
    }

    /// Stops what is being done, for another thread: the query, and the pager if there is one.
    public void cancel() {
        duckDb.cancel();
        pages.endPager();
    }

    /// The columns of the terminal that the answer goes to; 0 when it goes elsewhere.
    int screenWidth() {
        return console.outIsTerminal() ? console.width() : 0;
    }

    /// Colours for the answer, if it goes to a terminal or they were asked for.
    Paint paint(Common common) {
        return new Paint(common.colours(console, console.outIsTerminal()));
    }

    Notices notices(Common common) {
        Notices notices = new Notices(err, new Paint(common.colours(console, console.errIsTerminal())),
                console.errIsTerminal() ? console.width() : 0);
        if (!console.zoneProblem().isEmpty()) {
            notices.note(console.zoneProblem());
        }
        return notices;
    }
}
