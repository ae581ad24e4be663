package exitbox.analyzer.why;

import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.List;

/// The recording as small questions see it: whole, whatever the filters leave out, because what led to a death may have
/// begun before any window.
final class Recorded {
    /// The most rows that any question may have for an answer.
    static final int MOST = 1_000;

    private final Reading reading;

    Recorded(Reading reading) {
        this.reading = reading;
    }

    List<Fact> ask(String sql) {
        List<Fact> facts = new ArrayList<>();
        try (Rows rows = reading.session().query(sql, false)) {
            while (facts.size() < MOST && rows.next()) {
                facts.add(Fact.of(rows));
            }
        }
        return facts;
    }

    /// The answer's first row, or one of which nothing is known.
    Fact one(String sql) {
        List<Fact> facts = ask(sql);
        return facts.isEmpty() ? Fact.NONE : facts.getFirst();
    }

    /// All rows of a table, to stand behind FROM.
    String all(Table table) {
        return reading.whole(table);
    }

    /// At least the rows that a table has of a stretch of a boot's time: a file has the events of some minutes, and others
    /// need not be opened.
    String all(Table table, ProcessId of, long sinceBootNs, long untilBootNs) {
        return reading.whole(table, of.bootId(), sinceBootNs, untilBootNs);
    }
}
