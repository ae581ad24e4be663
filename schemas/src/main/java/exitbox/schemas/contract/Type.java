package exitbox.schemas.contract;

/// The types a column can have: those that DuckDB, Spark, Trino, pyarrow, pandas and polars
/// read alike. Everything else has failed in one of them.
public enum Type {
    INT32("INTEGER"), INT64("BIGINT"), BOOLEAN("BOOLEAN"), DOUBLE("DOUBLE"), STRING("VARCHAR"), BINARY("BLOB"), TIMESTAMP("TIMESTAMPTZ");

    private final String sql;

    Type(String sql) {
        this.sql = sql;
    }

    /// The type's name in the contract's SQL.
    public String sql() {
        return sql;
    }

    static Type ofSql(String sql) {
        for (Type type : values()) {
            if (type.sql.equals(sql)) {
                return type;
            }
        }
        throw new IllegalArgumentException("no such type in the contract: " + sql);
    }
}
