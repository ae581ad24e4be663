package exitbox.schemas.contract;

import java.util.List;

/// What a table promises: its sentence, its columns in order, and the DDL both were read from.
public record TableContract(Table table, String doc, List<Column> columns, String ddl) {

    /// The index of a column, or -1.
    public int indexOf(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
