package exitbox.analyzer.session;

/// What a column's values are to the one who prints them.
public enum Kind {
    TEXT,
    /// Text that is JSON already.
    JSON,
    /// Whole numbers that fit a long.
    INTEGER,
    /// Whole numbers that may not fit a long, and decimal fractions.
    NUMBER,
    REAL,
    BOOLEAN,
    /// A point in time: microseconds since 1970.
    INSTANT,
    /// Date and time of no zone: microseconds since 1970 as if in UTC.
    DATE_TIME,
    DATE;

    public boolean isNumeric() {
        return this == INTEGER || this == NUMBER || this == REAL;
    }
}
