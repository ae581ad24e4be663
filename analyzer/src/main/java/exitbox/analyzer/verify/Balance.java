package exitbox.analyzer.verify;

import exitbox.schemas.contract.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a run's events add up to.
final class Balance {
    private static final int NAMED = 3;

    private final Tally written = new Tally();
    private final Tally lost = new Tally();
    private long anywhere;
    private boolean uncounted;

    void written(Tally more) {
        written.add(more);
    }

    void lost(Part.Gap gap) {
        if (gap.table() != null && gap.cpu() >= 0 && gap.count() != null) {
            lost.add(gap.table(), gap.cpu(), gap.count());
        } else if (List.of("damaged", "undecodable", "removed", "unrecovered").contains(String.valueOf(gap.cause()))) {
            anywhere += gap.count() == null ? 0 : gap.count();
            uncounted |= gap.count() == null;
        }
    }

    /// Whether no gap is left that may account for anything.
    boolean isExact() {
        return anywhere == 0 && !uncounted;
    }

    /// Where seen differs from written + filtered + lost: a sentence each.
    List<String> wrong(List<Part.Counter> counters, boolean mayClaimTwice) {
        List<String> wrong = new ArrayList<>();
        long missing = 0;
        for (Part.Counter counter : counters) {
            long rest = rest(counter);
            if (mayClaimTwice && Arrays.asList(Table.EXITS, Table.THREAD_EXITS).contains(counter.table())) {
                // Deaths that two threads claimed are rows of thread_exits.
                rest = counter.table() != Table.EXITS ? 0
                        : rest + counters.stream().filter(other -> other.table() == Table.THREAD_EXITS && other.cpu() == counter.cpu())
                                .mapToLong(this::rest).sum();
            }
            if (rest != 0) {
                missing += Math.max(rest, 0);
                wrong.add(counter.table().sqlName() + " on CPU " + counter.cpu() + ": " + counter.seen() + " seen, "
                        + written.of(counter.table(), counter.cpu()) + " written, " + counter.filtered() + " filtered, "
                        + lost.of(counter.table(), counter.cpu()) + " lost — " + Math.abs(rest)
                        + (rest > 0 ? " missing" : " too many"));
            }
            if (rest < 0) {
                missing = Long.MAX_VALUE / 2;
            }
        }
        if (missing == 0 || missing <= anywhere || missing < Long.MAX_VALUE / 2 && uncounted) {
            return List.of();
        }
        return wrong.size() <= NAMED ? wrong : append(wrong.subList(0, NAMED), (wrong.size() - NAMED) + " more of its counters differ");
    }

    private long rest(Part.Counter counter) {
        return counter.seen() - counter.filtered() - written.of(counter.table(), counter.cpu())
                - lost.of(counter.table(), counter.cpu());
    }

    private static List<String> append(List<String> sentences, String last) {
        List<String> all = new ArrayList<>(sentences);
        all.add(last);
        return all;
    }
}
