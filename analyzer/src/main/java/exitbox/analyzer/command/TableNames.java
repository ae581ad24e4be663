package exitbox.analyzer.command;

import exitbox.analyzer.Failure;
import exitbox.analyzer.text.Nearest;
import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The words of `--table`: names of tables, or `all`.
final class TableNames {
    private TableNames() {}

    static Set<Table> of(List<String> words) {
        Set<Table> tables = EnumSet.noneOf(Table.class);
        for (String word : words) {
            String name = word.strip().toLowerCase(Locale.ROOT).replace('-', '_');
            Table table = Table.ofName(name);
            if (table == null && !name.equals("all")) {
                List<String> names = new ArrayList<>(Arrays.stream(Table.values()).map(Table::sqlName).toList());
                names.add("all");
                String near = Nearest.to(name, names);
                throw Failure.usage("--table " + word + ": no such table — "
                        + (near == null ? "there are " + String.join(", ", names) : "did you mean " + near + "?"));
            }
            tables.addAll(table == null ? EnumSet.allOf(Table.class) : Set.of(table));
        }
        return tables;
    }

    /// For the completion of a shell.
    static final class Candidates implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            List<String> names = new ArrayList<>(List.of("all"));
            Arrays.stream(Table.values()).map(Table::sqlName).forEach(names::add);
            return names.iterator();
        }
    }
}
