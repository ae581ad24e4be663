package exitbox.analyzer.live;

import exitbox.analyzer.filter.Signals;
import exitbox.analyzer.session.Kind;
import exitbox.analyzer.session.Row;
import exitbox.analyzer.session.Rows.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Shows deaths under the names of the view `deaths`: what that adds to `exits` in SQL is made here. One object
/// for all: it is at the event last given.
final class EventRow implements Row {
    private static final int REASON = -2;
    private static final int SIGNAL_NAME = -3;
    private static final int AGE_NS = -4;
    // As in views/_reason.sql.
    private static final Set<Integer> CRASHES = Set.of(3, 4, 5, 6, 7, 8, 11, 24, 25, 31);

    private final List<Column> columns = new ArrayList<>();
    private final int[] indexes;
    private final int signal;
    private final int code;
    private final int coreDumped;
    private final int monoNs;
    private final int startMonoNs;
    private Event event;

    EventRow(List<String> names) {
        TableContract exits = Contract.get().table(Table.EXITS);
        indexes = new int[names.size()];
        for (int i = 0; i < indexes.length; i++) {
            String name = names.get(i);
            indexes[i] = switch (name) {
                case "reason" -> REASON;
                case "signal_name" -> SIGNAL_NAME;
                case "age_ns" -> AGE_NS;
                default -> exits.indexOf(name);
            };
            columns.add(new Column(name, indexes[i] < 0 ? indexes[i] == AGE_NS ? Kind.INTEGER : Kind.TEXT
                    : kind(exits.columns().get(indexes[i]))));
        }
        signal = exits.indexOf("signal");
        code = exits.indexOf("code");
        coreDumped = exits.indexOf("core_dumped");
        monoNs = exits.indexOf("mono_ns");
        startMonoNs = exits.indexOf("start_mono_ns");
    }

    private static Kind kind(exitbox.schemas.contract.Column column) {
        return switch (column.type()) {
            case INT32, INT64 -> Kind.INTEGER;
            case BOOLEAN -> Kind.BOOLEAN;
            case DOUBLE -> Kind.REAL;
            case STRING, BINARY -> Kind.TEXT;
            case TIMESTAMP -> Kind.INSTANT;
        };
    }

    EventRow at(Event death) {
        event = death;
        return this;
    }

    @Override
    public List<Column> columns() {
        return columns;
    }

    @Override
    public boolean isNull(int column) {
        return switch (indexes[column]) {
            case REASON -> event.isNull(signal) && event.isNull(code);
            case SIGNAL_NAME -> event.isNull(signal);
            case AGE_NS -> event.isNull(monoNs) || event.isNull(startMonoNs);
            default -> event.isNull(indexes[column]);
        };
    }

    @Override
    public long longAt(int column) {
        return indexes[column] == AGE_NS ? event.longAt(monoNs) - event.longAt(startMonoNs) : event.longAt(indexes[column]);
    }

    @Override
    public String textAt(int column) {
        return isNull(column) ? null : switch (indexes[column]) {
            case REASON -> reason();
            case SIGNAL_NAME -> Signals.name((int) event.longAt(signal));
            default -> new String(event.bytesAt(indexes[column]), StandardCharsets.UTF_8);
        };
    }

    private String reason() {
        if (event.isNull(signal)) {
            return "exited " + event.longAt(code);
        }
        int number = (int) event.longAt(signal);
        boolean core = !event.isNull(coreDumped) && event.longAt(coreDumped) != 0;
        return CRASHES.contains(number)
                ? "crashed with " + Signals.name(number) + (core ? ", core dumped" : "")
                : "killed by " + Signals.name(number);
    }

    @Override
    public double realAt(int column) {
        return Double.longBitsToDouble(event.longAt(indexes[column]));
    }

    @Override
    public String digitsAt(int column) {
        return Long.toString(longAt(column));
    }
}
