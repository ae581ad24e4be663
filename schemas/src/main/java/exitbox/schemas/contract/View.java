package exitbox.schemas.contract;

import java.util.List;
import java.util.Map;

/// A named question: its sentence, a sentence for each column it adds (the others keep the
/// sentence of the table they come from), and its SQL. A name that begins with `_` is for
/// other views only.
///
/// @param shown the columns that a table for people has (`@shown`); empty for all of them
/// @param top how many rows such a table has at most unless more are asked for (`@top`); 0 for all of them
public record View(String name, String doc, Map<String, String> columnDocs, List<String> shown, int top, String sql) {
    public boolean isPrivate() {
        return name.startsWith("_");
    }

    /// Whether it is a relation; the others are macros.
    public boolean isRelation() {
        return sql.contains("\nCREATE VIEW " + name + " AS\n");
    }

    /// Whether its rows come in an order of their own.
    public boolean isOrdered() {
        return query().matches("(?s).*\\sORDER BY [^)]*;");
    }

    /// The query that the view names, as it can be run by itself.
    public String query() {
        return sql.substring(sql.indexOf(" AS\n", sql.indexOf("CREATE VIEW")) + 4).strip();
    }

    /// The comment above it: what it is for, and its columns.
    public String comment() {
        return sql.substring(0, sql.indexOf("CREATE VIEW")).strip();
    }
}
