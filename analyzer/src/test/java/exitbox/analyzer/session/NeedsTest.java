package exitbox.analyzer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.View;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What a query does not ask for is not read: least of all every exec of a night.
class NeedsTest {
    @Test
    void aColumnThatIsNotAskedForCostsNothing() {
        Needs needs = Needs.of(Set.of("deaths"), Set.of("pid", "reason"));
        assertEquals(EnumSet.of(Table.EXITS), needs.tables());
        assertEquals(Set.of(), needs.whole());
        assertEquals(Set.of("_own_programs", "_own_texts", "_parent_programs", "_killer_programs", "_recorded"), names(needs.empty()));
    }

    @Test
    void eachColumnHasItsOwnPrice() {
        Needs needs = Needs.of(Set.of("deaths"), Set.of("pid", "cmdline"));
        assertEquals(EnumSet.of(Table.EXECS, Table.FORKS, Table.TASKS), needs.whole());
        assertEquals(EnumSet.of(Table.RUNS), needs.unread());
        assertEquals(Set.of("_parent_programs", "_killer_programs", "_recorded"), names(needs.empty()));
        assertEquals(Set.of("_own_programs", "_own_texts", "_parent_programs", "_killer_programs"),
                names(Needs.of(Set.of("failures"), Set.of("preexisting")).empty()));
    }

    @Test
    void aViewAsksForWhatItNames() {
        assertEquals(Set.of(), Needs.of(Set.of("crash_loops", "losses"), Set.of("comm", "deaths")).whole());
    }

    @Test
    void whatProvesAnAbsenceReadsAllThereIs() {
        assertEquals(EnumSet.of(Table.EXITS), Needs.of(Set.of("early_leaders"), Set.of("wrong")).whole());
        Needs balance = Needs.of(Set.of("balance"), Set.of("missing"));
        assertEquals(EnumSet.complementOf(EnumSet.of(Table.CLOCK_STEPS)), balance.whole());
        assertEquals(EnumSet.of(Table.RUNS), balance.tables());
    }

    @Test
    void whoDoesNotSayWhatHeAsksForGetsAll() {
        Needs needs = Needs.of(Set.of("failures"), null);
        assertEquals(Set.of(), needs.empty());
        assertEquals(EnumSet.of(Table.EXECS, Table.FORKS, Table.TASKS, Table.RUNS), needs.whole());
        assertEquals(Set.of(), Needs.of(Set.of("deaths", "_own_programs"), Set.of("pid")).empty().stream()
                .filter(view -> view.name().equals("_own_programs")).collect(Collectors.toSet()));
    }

    private static Set<String> names(Set<View> views) {
        return views.stream().map(View::name).collect(Collectors.toSet());
    }
}
