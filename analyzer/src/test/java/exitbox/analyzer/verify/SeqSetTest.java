package exitbox.analyzer.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SeqSetTest {
    @Test
    void holesAreWhatIsNotThere() {
        Random random = new Random(1);
        for (int round = 0; round < 300; round++) {
            // Around a page's end, and far apart.
            long base = round % 3 == 0 ? 65_500 : round % 3 == 1 ? 1 : 5_000_000_000L;
            int span = 1 + random.nextInt(200);
            SeqSet set = new SeqSet();
            TreeSet<Long> there = new TreeSet<>();
            for (int i = random.nextInt(span + 1); i > 0; i--) {
                long seq = base + random.nextInt(span);
                assertEquals(there.add(seq), set.add(seq));
            }
            long from = base + random.nextInt(span) - 20;
            long to = from + random.nextInt(span + 40);
            TreeSet<Long> missing = new TreeSet<>();
            long[] end = {from - 1};
            set.holes(from, to, (a, b) -> {
                assertTrue(a > end[0] && a < b && b <= to, "holes in order, apart from each other");
                end[0] = b;
                for (long seq = a; seq < b; seq++) {
                    missing.add(seq);
                }
            });
            TreeSet<Long> expected = new TreeSet<>();
            for (long seq = from; seq < to; seq++) {
                if (!there.contains(seq)) {
                    expected.add(seq);
                }
            }
            assertEquals(expected, missing);
        }
    }

    @Test
    void wideHolesTakeNoRoom() {
        SeqSet set = new SeqSet();
        assertTrue(set.isEmpty());
        set.add(7);
        set.add(1L << 60);
        assertFalse(set.add(7));
        assertEquals(7, set.first());
        List<String> holes = new ArrayList<>();
        set.holes(5, (1L << 60) + 3, (from, to) -> holes.add(from + "-" + to));
        assertEquals(List.of("5-7", "8-" + (1L << 60), (1L << 60) + 1 + "-" + ((1L << 60) + 3)), holes);
    }
}
