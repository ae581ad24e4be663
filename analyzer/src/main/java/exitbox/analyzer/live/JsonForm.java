package exitbox.analyzer.live;

import exitbox.analyzer.format.Answer;
import exitbox.analyzer.replay.JsonDialect;
import exitbox.analyzer.session.Row;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.contract.Table;
import java.time.ZoneId;
import java.util.function.Consumer;

/// An object per death with all that is known, as `replay --as json` shows it.
public final class JsonForm implements Form {
    private final EventRow row = new EventRow(JsonDialect.columns());
    private final Consumer<Row> lines;

    public JsonForm(TextOut out, ZoneId zone) {
        this.lines = Answer.lines(out, zone);
    }

    @Override
    public void header(TextOut out, long micros) {
        // Every line stands for itself.
    }

    @Override
    public boolean line(Event event, TextOut out) {
        if (event.table() != Table.EXITS) {
            return false;
        }
        lines.accept(row.at(event));
        return true;
    }
}
