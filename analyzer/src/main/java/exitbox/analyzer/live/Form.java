package exitbox.analyzer.live;

import exitbox.analyzer.dialect.ExitTool;
import exitbox.analyzer.text.TextOut;

/// A form that events are shown in while they happen.
public sealed interface Form permits ToolForm, TextForm, JsonForm, TableForm {
    /// Writes what stands above all lines; `micros` is the time.
    void header(TextOut out, long micros);

    /// Writes the event's line; false when this form has none for it.
    boolean line(Event event, TextOut out);

    /// All events that came together have been given: what was kept back of their lines is written.
    default void end(TextOut out) {
        // Most forms keep nothing back.
    }

    /// The lines of an exit tracer in wide use.
    static Form of(ExitTool tool) {
        return new ToolForm(tool);
    }
}
