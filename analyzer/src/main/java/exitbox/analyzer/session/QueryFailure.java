package exitbox.analyzer.session;

/// What DuckDB says against a statement: its own words, with the position, as it draws them.
public final class QueryFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public QueryFailure(Exception cause) {
        super(words(cause), cause);
    }

    /// Whether the cause may lie in a file and not in the query.
    boolean mayBeDamage() {
        return !getMessage()
                .matches("(?s)(Parser|Binder|Catalog|Conversion|Out of Range|Out of Memory|Permission|Interrupt) Error.*|INTERRUPT.*");
    }

    /// Whether files of several versions were read as if they had the same columns.
    boolean wantsUnion() {
        return getMessage().contains("union_by_name");
    }

    /// Whether a file could not be written: its disk is full, say.
    public boolean isWriteError() {
        return getMessage().matches("(?s)IO Error: .*(write|No space left).*");
    }

    /// The last words of DuckDB's sentence, which name the system's reason.
    public String reason() {
        int at = getMessage().lastIndexOf("No space left");
        return at >= 0 ? "no space left on the device" : getMessage();
    }

    private static String words(Throwable cause) {
        Throwable first = cause;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        String message = first.getMessage();
        String text = message == null ? "no reason given" : message.strip();
        return text.startsWith("java.sql.SQLException: ") ? text.substring("java.sql.SQLException: ".length()) : text;
    }
}
