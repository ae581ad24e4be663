package exitbox.schemas.segment;

import exitbox.schemas.contract.Type;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.schema.PrimitiveType;

/// Least and greatest number of a page, for readers that skip. Texts that differ and DOUBLEs have none.
final class Range {
    private long least = Long.MAX_VALUE;
    private long greatest = Long.MIN_VALUE;

    void add(long value) {
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
    }

    void add(long[] all, int from, int to) {
        long low = least;
        long high = greatest;
        for (int r = from; r < to; r++) {
            low = Math.min(low, all[r]);
            high = Math.max(high, all[r]);
        }
        least = low;
        greatest = high;
    }

    /// What the page says of itself; the next page's range begins.
    Statistics<?> end(Type type, PrimitiveType primitive, int nulls) {
        Statistics<?> statistics = Statistics.createStats(primitive);
        statistics.incrementNumNulls(nulls);
        if (least <= greatest) {
            update(statistics, type, least);
            update(statistics, type, greatest);
        }
        least = Long.MAX_VALUE;
        greatest = Long.MIN_VALUE;
        return statistics;
    }

    static void update(Statistics<?> statistics, Type type, long value) {
        switch (type) {
            case INT32 -> statistics.updateStats((int) value);
            case BOOLEAN -> statistics.updateStats(value != 0);
            default -> statistics.updateStats(value);
        }
    }
}
