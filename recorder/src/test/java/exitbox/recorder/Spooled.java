package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.contract.Table;
import exitbox.schemas.decode.CgroupNames;
import exitbox.schemas.decode.SpoolDecoder;
import exitbox.schemas.rows.Vector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Deaths by seq that dead recorders left in spools: pid, start and status of each.
public final class Spooled {
    private final Map<Long, List<Long>> deaths = new TreeMap<>();
    private int spools;

    /// Adds those of a recording as it stands now.
    public void add(Path dir) throws IOException {
        for (Path spool : LiveRecorder.spools(dir)) {
            spools++;
            decode(spool);
        }
    }

    private void decode(Path spool) throws IOException {
        SpoolDecoder.decode(spool, new CgroupNames(), batch -> {
            if (batch.table().table() == Table.EXITS) {
                long[][] columns = new long[4][];
                String[] names = {"seq", "pid", "start_boot_ns", "status"};
                for (int i = 0; i < names.length; i++) {
                    columns[i] = ((Vector.Longs) batch.columns()[batch.table().indexOf(names[i])]).values();
                }
                for (int row = 0; row < batch.rows(); row++) {
                    deaths.put(columns[0][row], List.of(columns[1][row], columns[2][row], columns[3][row]));
                }
            }
        });
    }

    /// How many spools that were.
    public int spools() {
        return spools;
    }

    public int deaths() {
        return deaths.size();
    }

    /// Fails unless all of them are sealed now, as they were.
    public void assertSealed(Recorded recorded) throws Exception {
        Map<Long, List<Long>> sealed = new TreeMap<>();
        for (List<Object> row : recorded.rows("SELECT seq, pid, start_boot_ns, status FROM exits")) {
            sealed.put((Long) row.get(0), row.stream().skip(1).map(n -> ((Number) n).longValue()).toList());
        }
        sealed.keySet().retainAll(deaths.keySet());
        assertEquals(deaths, sealed);
    }
}
