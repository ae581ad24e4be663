package exitbox.analyzer.session;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.View;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a query needs of the contract, views behind views included.
///
/// @param views the views to make, in the order of the contract
/// @param empty those of them that may be without rows, since nothing of theirs is asked for
/// @param tables the tables to make, narrowed by the filters
/// @param whole the tables that views read whole, whatever the filters (`_whole_` before their names)
/// @param unread those of them that only empty views read
record Needs(List<View> views, Set<View> empty, Set<Table> tables, Set<Table> whole, Set<Table> unread) {
    private static final Map<String, View> VIEWS = new HashMap<>();
    private static final Map<View, Set<String>> MENTIONS = new HashMap<>();

    static {
        for (View view : Contract.get().views()) {
            VIEWS.put(view.name(), view);
            MENTIONS.put(view, view.mentions());
        }
    }

    /// @param names tables, views and macros that the query names
    /// @param columns the columns it asks for; null when it may be any
    static Needs of(Set<String> names, Set<String> columns) {
        Set<View> all = new HashSet<>();
        names.forEach(name -> reach(name, all, Set.of()));
        Set<View> empty = columns == null ? Set.of() : empty(all, names, columns);
        Set<View> read = new HashSet<>();
        names.forEach(name -> reach(name, read, empty));
        Set<Table> tables = EnumSet.noneOf(Table.class);
        Set<Table> whole = EnumSet.noneOf(Table.class);
        Set<Table> unread = EnumSet.noneOf(Table.class);
        names.forEach(name -> take(name, tables, whole));
        all.removeIf(view -> view.name().startsWith(Tables.WHOLE));
        for (View view : all) {
            MENTIONS.get(view).forEach(name -> take(name, tables, read.contains(view) && !empty.contains(view) ? whole : unread));
        }
        unread.removeAll(whole);
        List<View> ordered =
                Contract.get().views().stream().filter(all::contains).toList();
        return new Needs(ordered, empty, tables, whole, unread);
    }

    private static void reach(String name, Set<View> reached, Set<View> empty) {
        View view = VIEWS.get(name);
        if (view != null && reached.add(view) && !empty.contains(view) && !name.startsWith(Tables.WHOLE)) {
            MENTIONS.get(view).forEach(next -> reach(next, reached, empty));
        }
    }

    // A view that joins such a one passes its columns on without asking for them; those above it ask for what they name.
    private static Set<View> empty(Set<View> all, Set<String> names, Set<String> columns) {
        Set<View> empty = new HashSet<>();
        for (View candidate : all) {
            if (candidate.asked().isEmpty() || names.contains(candidate.name())) {
                continue;
            }
            Set<String> named = new HashSet<>(columns);
            for (View view : all) {
                if (view != candidate && !MENTIONS.get(view).contains(candidate.name()) && standsOn(view, candidate)) {
                    named.addAll(view.words());
                }
            }
            if (candidate.asked().stream().noneMatch(named::contains)) {
                empty.add(candidate);
            }
        }
        return empty;
    }

    private static boolean standsOn(View view, View other) {
        Set<View> reached = new HashSet<>();
        reach(view.name(), reached, Set.of());
        return reached.contains(other);
    }

    private static void take(String name, Set<Table> tables, Set<Table> whole) {
        Table table = Table.ofName(name);
        Table all = name.startsWith(Tables.WHOLE) ? Table.ofName(name.substring(Tables.WHOLE.length())) : null;
        if (table != null) {
            tables.add(table);
        }
        if (all != null) {
            whole.add(all);
        }
    }
}
