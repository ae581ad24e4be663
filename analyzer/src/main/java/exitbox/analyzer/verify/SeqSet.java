package exitbox.analyzer.verify;

import java.util.Map;
import java.util.TreeMap;

/// A set of seq numbers that lie close together: a bit each, in pages.
public final class SeqSet {
    private static final int PAGE_BITS = 16;
    private static final int PAGE = 1 << PAGE_BITS;

    private final TreeMap<Long, long[]> pages = new TreeMap<>();
    private long lastKey = Long.MIN_VALUE;
    private long[] last;

    /// Takes a range of numbers that are not in the set: from `from` to before `to`.
    public interface Holes {
        void hole(long from, long to);
    }

    /// False when it was in the set already.
    public boolean add(long seq) {
        long key = seq >> PAGE_BITS;
        if (key != lastKey) {
            last = pages.computeIfAbsent(key, _ -> new long[PAGE / Long.SIZE]);
            lastKey = key;
        }
        int word = (int) (seq & PAGE - 1) / Long.SIZE;
        long before = last[word];
        last[word] = before | 1L << seq;
        return before != last[word];
    }

    boolean isEmpty() {
        return pages.isEmpty();
    }

    /// The smallest; only when it is not empty.
    long first() {
        Map.Entry<Long, long[]> page = pages.firstEntry();
        return (page.getKey() << PAGE_BITS) + next(page.getValue(), 0, false);
    }

    /// Finds what is missing between two numbers, in order.
    public void holes(long from, long to, Holes holes) {
        long missing = from;
        for (Map.Entry<Long, long[]> page : pages.tailMap(from >> PAGE_BITS, true).entrySet()) {
            long base = page.getKey() << PAGE_BITS;
            int bit = (int) Math.max(from - base, 0);
            while (base + bit < to && bit < PAGE) {
                int there = next(page.getValue(), bit, false);
                if (there == PAGE || base + there >= to) {
                    break;
                }
                if (base + there > missing) {
                    holes.hole(missing, base + there);
                }
                bit = next(page.getValue(), there, true);
                missing = base + bit;
            }
        }
        if (missing < to) {
            holes.hole(missing, to);
        }
    }

    /// The first bit from `bit` on that is set, or clear; [#PAGE] when there is none.
    private static int next(long[] words, int bit, boolean clear) {
        for (int word = bit / Long.SIZE; word < words.length; word++) {
            long bits = clear ? ~words[word] : words[word];
            bits &= word == bit / Long.SIZE ? -1L << bit : -1L;
            if (bits != 0) {
                return word * Long.SIZE + Long.numberOfTrailingZeros(bits);
            }
        }
        return PAGE;
    }
}
