package exitbox.schemas.contract;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A named question: its sentence, a sentence for each column it adds (the others keep the
/// sentence of the table they come from), and its SQL. A name that begins with `_` is for
/// other views only.
///
/// @param shown the columns that a table for people has (`@shown`); empty for all of them
/// @param asked columns of a view that joins this one, for which alone it does so (`@asked`): a query that asks for none of
///     them has the same answer when this one has no rows; empty when it is always needed
/// @param top how many rows such a table has at most unless more are asked for (`@top`); 0 for all of them
public record View(String name, String doc, Map<String, String> columnDocs, List<String> shown, List<String> asked, int top, String sql) {
    private static final Pattern MENTION = Pattern.compile("\\b(?:from|join) ([a-z_]+)\\b|\\b([a-z_]+)\\(|'(_[a-z_]+)'");

    private static final Pattern PASSED_ON = Pattern.compile("(?:select|,|\\.)\\s*\\*|(?:^|\\(|\\bas\\n)\\s*from ");

    public boolean isPrivate() {
        return name.startsWith("_");
    }

    /// Whether it is a relation; the others are macros.
    public boolean isRelation() {
        return sql.contains("\nCREATE VIEW " + name + " AS\n");
    }

    /// Whether it is a table with parameters.
    public boolean isTableMacro() {
        return sql.contains("\nCREATE MACRO " + name + "(") && sql.contains(" AS TABLE\n");
    }

    /// What it names behind FROM and JOIN, what it calls and what it calls it with: tables, views and macros among them.
    public Set<String> mentions() {
        Set<String> names = new HashSet<>();
        Matcher mention = MENTION.matcher(code());
        while (mention.find()) {
            for (int i = 1; i <= 3; i++) {
                if (mention.group(i) != null) {
                    names.add(mention.group(i));
                }
            }
        }
        names.remove(name);
        return names;
    }

    /// Every word of its SQL, columns among them.
    public Set<String> words() {
        return new HashSet<>(List.of(code().split("[^a-z_0-9]+")));
    }

    /// Whether it has columns that it does not name.
    public boolean passesOn() {
        return PASSED_ON.matcher(code()).find();
    }

    private String code() {
        return sql.replaceAll("(?m)^\\s*--.*$", "").toLowerCase(Locale.ROOT);
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
