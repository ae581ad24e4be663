package exitbox.analyzer.live;

import exitbox.analyzer.filter.Fields;
import exitbox.analyzer.session.Handful;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.rows.Batch;
import exitbox.schemas.rows.Vector;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A row as a recorder wrote it, kept beyond its batch until all that came with it is put in order.
public final class Event implements Fields {
    private final TableContract contract;
    private final Vector[] columns;
    private final int row;

    private Event(TableContract contract, Vector[] columns, int row) {
        this.contract = contract;
        this.columns = columns;
        this.row = row;
    }

    /// The rows of a batch. What it lends is copied.
    static Event[] of(Batch batch) {
        Vector[] kept = new Vector[batch.columns().length];
        for (int i = 0; i < kept.length; i++) {
            kept[i] = switch (batch.columns()[i]) {
                case Vector.Longs longs -> new Vector.Longs(Arrays.copyOf(longs.values(), batch.rows()),
                        longs.nulls() == null ? null : Arrays.copyOf(longs.nulls(), batch.rows()));
                case Vector.Bytes bytes -> new Vector.Bytes(Arrays.copyOf(bytes.values(), batch.rows()));
                case Vector.Lists lists -> kept(lists, batch.rows());
                case Vector.Nulls nulls -> nulls;
            };
        }
        Event[] events = new Event[batch.rows()];
        for (int row = 0; row < events.length; row++) {
            events[row] = new Event(batch.table(), kept, row);
        }
        return events;
    }

    private static Vector kept(Vector.Lists lists, int rows) {
        int[] offsets = Arrays.copyOf(lists.offsets(), rows + 1);
        int elements = offsets[rows];
        Vector copied = switch (lists.elements()) {
            case Vector.Longs longs -> new Vector.Longs(Arrays.copyOf(longs.values(), elements),
                    longs.nulls() == null ? null : Arrays.copyOf(longs.nulls(), elements));
            case Vector.Bytes bytes -> new Vector.Bytes(Arrays.copyOf(bytes.values(), elements));
            case Vector.Lists _,Vector.Nulls _ -> lists.elements();
        };
        return new Vector.Lists(copied, offsets, lists.nulls() == null ? null : Arrays.copyOf(lists.nulls(), rows));
    }

    Table table() {
        return contract.table();
    }

    /// The index of a column of this name, -1 when the table has none.
    int indexOf(String column) {
        return contract.indexOf(column);
    }

    Column column(int index) {
        return contract.columns().get(index);
    }

    boolean isNull(int column) {
        return column < 0 || columns[column].isNull(row);
    }

    long longAt(int column) {
        return ((Vector.Longs) columns[column]).values()[row];
    }

    /// Its row in the columns that it came in.
    void into(Handful rows) {
        rows.put(contract, columns, row);
    }

    @Override
    public boolean has(String column) {
        return indexOf(column) >= 0;
    }

    @Override
    public long number(String column, long otherwise) {
        int index = indexOf(column);
        return isNull(index) ? otherwise : longAt(index);
    }

    byte[] bytesAt(int column) {
        return ((Vector.Bytes) columns[column]).values()[row];
    }

    @Override
    public String text(String column) {
        int index = indexOf(column);
        return isNull(index) ? null : new String(bytesAt(index), StandardCharsets.UTF_8);
    }
}
