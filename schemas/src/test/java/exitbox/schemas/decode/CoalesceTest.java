package exitbox.schemas.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.Layouts;
import exitbox.schemas.Raw;
import exitbox.schemas.Rows;
import exitbox.schemas.Spools;
import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.SpoolFormat;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where the kernel lets two threads claim to be the last (hook `live`), the last claim is the death
/// and the others are ends of threads.
class CoalesceTest {
    @TempDir
    Path dir;

    @Test
    void theLastClaimWins() throws IOException {
        Rows rows = decode("live", Layouts.EXIT);
        assertEquals(List.of(2L, 5L, 6L, 7L, 4L), rows.column(Table.EXITS, "seq"));
        assertEquals(List.of(9L, 9L, 9L, 9L, 9L), rows.column(Table.EXITS, "status"));
        assertEquals(List.of(1L, 3L), rows.column(Table.THREAD_EXITS, "seq"));
        Map<String, Object> thread = rows.table(Table.THREAD_EXITS).getFirst();
        assertEquals(List.of(70L, 71L, 256L, "worker-71", "worker-71", 500L, 600L, 1000L),
                List.of(thread.get("pid"), thread.get("tid"), thread.get("status"), thread.get("comm"), thread.get("comm_raw"),
                        thread.get("start_boot_ns"), thread.get("thread_start_boot_ns"), thread.get("uid")),
                "the thread's own word and name, the process's identity");
        UndecodableTest.assertAllAccounted(rows, 1, 7);
    }

    @Test
    void anExactHookIsTakenAtItsWord() throws IOException {
        Rows rows = decode("taskstats", Layouts.EXIT);
        assertEquals(List.of(1L, 2L, 3L, 5L, 6L, 7L, 4L), rows.column(Table.EXITS, "seq"));
        assertEquals(List.of(), rows.table(Table.THREAD_EXITS));
    }

    @Test
    void withoutAnIdentityNothingIsCoalesced() throws IOException {
        Rows rows = decode("live", Layouts.of("exit_record", "table:4 cpu:4 mono_ns:8 boot_ns:8 pid:4 status:4"));
        assertEquals(7, rows.table(Table.EXITS).size());
    }

    @Test
    void aTornTailIsTold() throws IOException {
        for (String hook : List.of("live", "taskstats")) {
            decode(hook, Layouts.EXIT);
            Path path = dir.resolve("000001.spool");
            long end = Files.size(path);
            Files.write(path, new byte[45], StandardOpenOption.APPEND);
            for (boolean last : new boolean[]{false, true}) {
                assertEquals(45, SpoolDecoder.decode(path, -1, last, new CgroupNames(), _ -> {
                }).tornBytes(), hook);
            }
            Files.write(path, Arrays.copyOf(Files.readAllBytes(path), (int) end - 1));
            assertEquals(3 * (Layouts.EXIT.size() + SpoolFormat.RECORD_PREFIX) + SpoolFormat.FRAME_HEADER - 1,
                    SpoolDecoder.decode(path, new CgroupNames(), _ -> {
                    }).tornBytes(), hook);
            Files.delete(path);
        }
    }

    /// Two claims of 70 in one frame, two of 80 in two, between them a row of user space; one of another start; one alone.
    private Rows decode(String hook, RecordLayout layout) throws IOException {
        Path path = dir.resolve("000001.spool");
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(hook, layout))) {
            Spools.append(spool, 1,
                    new Raw().row(claim(layout, 70, 71, 500)).row(claim(layout, 70, 70, 500)).row(claim(layout, 80, 81, 500)));
            spool.appendRow(Table.EXITS, 1, 1, 4, Map.of("pid", 70L, "start_boot_ns", 500L, "status", 9L));
            Spools.append(spool, 5,
                    new Raw().row(claim(layout, 80, 82, 500)).row(claim(layout, 70, 70, 501)).row(claim(layout, 90, 90, 500)));
        }
        return Rows.of(path);
    }

    private static Raw.Struct claim(RecordLayout layout, int pid, int tid, long startBootNs) {
        Raw.Struct claim = Raw.struct(layout, 1, 0, 0, Spools.CLOCK.bootNs()).set("pid", pid).set("status", 9);
        if (layout == Layouts.EXIT) {
            claim.set("tid", tid).set("start_boot_ns", startBootNs).set("task_status", 256).set("comm", "leader")
                    .set("last_comm", "worker-" + tid)
                    .set("thread_start_boot_ns", 600).set("uid", 1000);
        }
        return claim;
    }
}
