package exitbox.schemas.contract;

import java.util.Map;

/// A named question: its sentence, a sentence for each column it adds (the others keep the
/// sentence of the table they come from), and its SQL. A name that begins with `_` is for
/// other views only.
public record View(String name, String doc, Map<String, String> columnDocs, String sql) {
    public boolean isPrivate() {
        return name.startsWith("_");
    }
}
