package exitbox.schemas.contract;

/// A column as its table's SQL file declares it; `doc` is the sentence above it.
public record Column(String name, Type type, boolean list, boolean required, String doc) {
    /// The type as SQL has it, such as `BIGINT` or `VARCHAR[]`.
    public String sqlType() {
        return list ? type.sql() + "[]" : type.sql();
    }
}
