package exitbox.schemas.rows;

import exitbox.schemas.contract.TableContract;

/// Some rows of one table, column by column in the contract's order. Arrays in the vectors may be
/// longer than `rows` and are reused: a batch is valid only until the sink that got it returns.
public record Batch(TableContract table, int rows, Vector[] columns) {

    /// The long in a column of numbers; the caller has ruled out NULL.
    public long longAt(int column, int row) {
        return ((Vector.Longs) columns[column]).values()[row];
    }
}
