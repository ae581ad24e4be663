package exitbox.analyzer.verify;

import exitbox.schemas.contract.Table;
import java.util.Arrays;

/// Events counted by table and CPU.
final class Tally {
    // More than any kernel can be built for; what lies beyond is no CPU.
    private static final int MOST_CPUS = 1 << 16;

    private final long[][] counts = new long[Table.NUMBERS][0];

    void add(Table table, long cpu, long count) {
        if (cpu < 0 || cpu >= MOST_CPUS) {
            return;
        }
        int number = table.number();
        if (cpu >= counts[number].length) {
            counts[number] = Arrays.copyOf(counts[number], Math.max((int) cpu + 1, counts[number].length * 2));
        }
        counts[number][(int) cpu] += count;
    }

    long of(Table table, long cpu) {
        long[] row = counts[table.number()];
        return cpu >= 0 && cpu < row.length ? row[(int) cpu] : 0;
    }

    void add(Tally other) {
        for (Table table : Table.values()) {
            long[] row = other.counts[table.number()];
            for (int cpu = 0; cpu < row.length; cpu++) {
                if (row[cpu] != 0) {
                    add(table, cpu, row[cpu]);
                }
            }
        }
    }
}
