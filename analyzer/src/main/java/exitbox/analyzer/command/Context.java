package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Notices;
import exitbox.analyzer.session.DuckDb;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;

/// What every command works with: its surroundings and the two streams it writes.
public final class Context {
    private final Console console;
    private final TextOut out;
    private final TextOut err;
    private final DuckDb duckDb = new DuckDb();

    public Context(Console console) {
        this.console = console;
        this.out = new TextOut(console.out());
        this.err = new TextOut(console.err());
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

    /// Colours for the answer, if it goes to a terminal or they were asked for.
    Paint paint(Common common) {
        return new Paint(common.colours(console, console.outIsTerminal()));
    }

    Notices notices(Common common) {
        return new Notices(err, new Paint(common.colours(console, console.errIsTerminal())));
    }
}
