package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.recorder.kernel.NeedsBpf;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process and all its descendants, and nobody else: however fast they come and go while the recorder finds them.
class TreeIT {
    private static final int LINE = 300; // as in comets.c: deeper than the kernel's programs look at once

    @TempDir
    Path folder;

    @BeforeEach
    void needsBpf() {
        NeedsBpf.assumeBpf();
    }

    @RepeatedTest(3)
    void noDescendantEscapesWhileTheyAreFound() throws Exception {
        Path program = Truth.compile(folder, "comets");
        long root;
        try (LiveRecorder all = LiveRecorder.armed(folder.resolve("all"), "--no-hook", "exec,signal,oom,tasks")) {
            Process comets = new ProcessBuilder(program.toString()).start();
            try (BufferedReader said = comets.inputReader()) {
                root = Long.parseLong(said.readLine());
                try (LiveRecorder tree = LiveRecorder.armed(folder.resolve("tree"), "--tree", Long.toString(root))) {
                    Await.until("events are recorded",
                            () -> LiveRecorder.rows(LiveRecorder.spools(folder.resolve("tree")).getLast()) > 2000);
                    comets.getOutputStream().close();
                    assertEquals(0, comets.waitFor());
                    assertEquals(0, tree.await(), tree.stderr());
                }
            } finally {
                comets.destroy();
            }
            assertEquals(0, all.stop(), all.stderr());
        }
        try (Recorded all = Recorded.open(folder.resolve("all")); Recorded tree = Recorded.open(folder.resolve("tree"))) {
            // From here on at the latest it is followed, and with it all who descended from it by parents that lived then.
            long since = tree.number("SELECT min(boot_ns) FROM forks WHERE ppid = " + root);
            List<List<Object>> descendants = all.rows("""
                    WITH RECURSIVE life AS (
                        SELECT f.pid, f.start_boot_ns, f.ppid, f.parent_start_boot_ns, e.boot_ns AS died, e.comm, e.status
                        FROM forks f JOIN exits e USING (pid, start_boot_ns)
                    ), tree AS (
                        SELECT pid, start_boot_ns, comm, status FROM life WHERE pid = %d AND comm = 'comets'
                        UNION
                        SELECT life.pid, life.start_boot_ns, life.comm, life.status
                        FROM life JOIN tree ON life.ppid = tree.pid AND life.parent_start_boot_ns = tree.start_boot_ns WHERE died > %d
                    )
                    FROM tree ORDER BY ALL""".formatted(root, since));
            assertTrue(descendants.size() > 2 * LINE, descendants.size() + " deaths");
            List<List<Object>> recorded = tree.rows("SELECT pid, start_boot_ns, comm, status FROM exits ORDER BY ALL");
            Set<List<Object>> escaped = new LinkedHashSet<>(descendants);
            escaped.removeAll(new HashSet<>(recorded));
            assertEquals(Set.of(), escaped);
            assertEquals(LINE, tree.number("SELECT count(*) FROM exits WHERE comm = 'line'"));
            assertEquals(List.of(all.rows("SELECT sid FROM exits WHERE comm = 'comets' AND pid = " + root).getFirst()),
                    tree.rows("SELECT DISTINCT sid FROM exits"));
            assertEquals(List.of(List.of("tree ended")), tree.rows("SELECT reason FROM runs WHERE event = 'stop'"));
            assertEquals(List.of(), tree.rows("SELECT cause, detail FROM gaps"));
            tree.assertBalanced();
        }
    }

    @Test
    void whomThereIsNoRoomToFollowIsAGap() throws Exception {
        Path dir = folder.resolve("recording");
        String many = "exec 3<&0; for i in 1 2 3 4 5 6 7 8; do { read x <&3; } & done; echo ready; wait";
        try (Commanded command = Commanded.start("-d", dir.toString(), "--follow-most", "4", "--", "sh", "-c", many)) {
            assertEquals("ready", command.line());
            command.endInput();
            assertEquals(0, command.await(), command.stderr());
            assertTrue(command.stderr().startsWith("exitbox: no room to follow "), command.stderr());
        }
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertBalanced();
            recorded.assertSeqWhole();
            assertTrue(recorded.number("SELECT count(*) FROM exits") <= 8);
            List<List<Object>> gaps = recorded.rows("SELECT cause, count IS NULL, table_name IS NULL, first_boot_ns <= last_boot_ns, "
                    + "detail SIMILAR TO 'no room to follow [1-9] more process(, nor what it started|es, nor what they started)' FROM gaps");
            assertTrue(!gaps.isEmpty());
            for (List<Object> gap : gaps) {
                assertEquals(List.of("follow_full", true, true, true, true), gap);
            }
        }
    }
}
