package exitbox.schemas.decode;

import exitbox.schemas.spool.ClockPair;
import java.util.Arrays;

/// The wall clock along CLOCK_BOOTTIME: each moment has the offset that was sampled last before it
/// (the first sample's when it lies before all). Samples may come in any order.
final class ClockLine {
    private long[] bootNs = new long[64];
    private long[] offsetNs = new long[64];
    private int size;
    private int last;

    void add(ClockPair pair) {
        if (size == bootNs.length) {
            bootNs = Arrays.copyOf(bootNs, size * 2);
            offsetNs = Arrays.copyOf(offsetNs, size * 2);
        }
        int at = size++;
        while (at > 0 && bootNs[at - 1] > pair.bootNs()) {
            bootNs[at] = bootNs[at - 1];
            offsetNs[at] = offsetNs[at - 1];
            at--;
        }
        bootNs[at] = pair.bootNs();
        offsetNs[at] = pair.offsetNs();
        last = 0;
    }

    /// Microseconds since 1970 of this moment.
    long microsAt(long moment) {
        int i = last;
        if (bootNs[i] > moment || (i + 1 < size && bootNs[i + 1] <= moment)) {
            int found = Arrays.binarySearch(bootNs, 0, size, moment);
            i = Math.max(found >= 0 ? found : -found - 2, 0);
            last = i;
        }
        return Math.floorDiv(moment + offsetNs[i], 1000L);
    }
}
