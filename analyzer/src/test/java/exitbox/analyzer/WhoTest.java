package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.session.DuckDb;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Rows;
import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import exitbox.analyzer.who.Who;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which processes a word means.
class WhoTest {
    private static final String ID = "3f5c".repeat(16);

    private static final String SPAN = " in this recording, from 2026-11-20 03:00:00 to 03:05:00 (UTC)";

    @TempDir
    static Path folder;

    @BeforeAll
    static void record() throws Exception {
        RecordingText.write(folder, List.of(
                "tasks 03:00 pid=10 start_boot_ns=1 comm=nginx exe=/usr/sbin/nginx cgroup=/system.slice/nginx.service",
                "execs 03:01 pid=11 start_boot_ns=2 comm=vim exe=/usr/bin/vim filename=/usr/bin/vim cmdline=\"vim /etc/nginx.conf\"",
                "execs 03:02 pid=12 start_boot_ns=3 comm=backup.sh exe=/bin/dash filename=/opt/backup.sh cmdline=\"/bin/sh /opt/backup.sh\"",
                "execs 03:02 pid=12 start_boot_ns=3 comm=rsync exe=/usr/bin/rsync filename=/usr/bin/rsync cmdline=\"rsync 'a b' /mnt\"",
                "execs 03:02 pid=18 start_boot_ns=9 comm=less exe=/usr/bin/less cmdline=\"less a—b.txt 'x€ (1)' e\u0301\"",
                "execs 03:02 pid=13 start_boot_ns=4 comm=gone ret=-2 filename=/opt/gone",
                "forks 03:03 pid=14 tid=14 start_boot_ns=5 comm=worker",
                "forks 03:03 pid=12 tid=12 start_boot_ns=3 comm=cron",
                "exits 03:04 pid=15 start_boot_ns=6 comm=postgres status=9 cgroup=/system.slice/docker-" + ID + ".scope",
                "exits 03:04 pid=16 start_boot_ns=7 comm=a-name-that-is- status=0 cgroup=/system.slice/nginx.service",
                "exits 03:05 pid=10 start_boot_ns=8 comm=10 status=0 cgroup=/other", "exits 03:05 pid=17 comm=imported status=0",
                // Built, installed, in a folder with a blank, seen by a snapshot only; and what started them.
                "execs 03:05 pid=30 start_boot_ns=30 filename=/src/bin/exitbox cmdline=\"/usr/bin/env bash /src/bin/exitbox why own-one\"",
                "execs 03:05 pid=30 start_boot_ns=30 comm=java cmdline=\"/jdk/bin/java -Xmx1g -jar /src/analyzer/target/analyzer.jar why own-one\"",
                "execs 03:05 pid=31 start_boot_ns=31 cmdline=\"java -jar /usr/local/lib/exitbox/analyzer/analyzer.jar tree own-two\"",
                "execs 03:05 pid=32 start_boot_ns=32 cmdline=\"java -jar '/my own/analyzer/target/analyzer.jar' --no-pager why own-three\"",
                "tasks 03:05 pid=33 start_boot_ns=33 comm=java cmdline=\"java -jar /src/analyzer/target/analyzer.jar timeline own-four\"",
                "execs 03:05 pid=34 start_boot_ns=34 cmdline=\"sudo /usr/local/bin/exitbox --color never why own-five\"",
                "execs 03:05 pid=35 start_boot_ns=35 cmdline=\"sh -c 'exitbox why own-six | head'\"",
                // Neither reads a recording.
                "execs 03:05 pid=36 start_boot_ns=36 cmdline=\"java -jar /opt/analyzer.jar why others\"",
                "execs 03:05 pid=37 start_boot_ns=37 cmdline=\"exitbox record -- recorded --why\"", "seal"));
    }

    private static String find(String word, String among) {
        try (Reading reading = open()) {
            Who.Found found = Who.of(word).find(reading, among);
            if (found.isNothing()) {
                return Who.of(word).nothing(reading);
            }
            try (Rows rows = reading.session()
                    .query("SELECT string_agg(DISTINCT pid, ' ' ORDER BY pid) FROM (SELECT * FROM exits UNION ALL "
                            + "BY NAME SELECT * FROM execs UNION ALL BY NAME SELECT * FROM forks UNION ALL BY NAME SELECT * FROM tasks) AS p WHERE "
                            + Who.condition("p"), false)) {
                rows.next();
                return found.meaning() + " " + found.processes() + ": " + rows.textAt(0);
            }
        }
    }

    private static Reading open() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), err, err, false, false, true, 80, ZoneOffset.UTC,
                Clock.systemUTC(), Map.of(), folder);
        Reading reading = Reading.open(console, new DuckDb(), folder, new Filters(), new Notices(new TextOut(err), new Paint(false)), null);
        reading.provide(Who.SOURCES, false);
        return reading;
    }

    @Test
    void theNarrowestMeaningWins() {
        assertEquals("PID 2: 10", find("10", null));
        assertEquals("NAME 1: 10", find("nginx", null));
        assertEquals("UNIT 2: 10 16", find("nginx.service", null));
        assertEquals("WORD 1: 11", find("nginx.conf", null));
        assertEquals("PART 3: 10 11 16", find("NGIN", null));
    }

    @Test
    void programsScriptsAndTheirPathsAreNames() {
        assertEquals("NAME 1: 12", find("backup.sh", null));
        assertEquals("NAME 1: 12", find("/opt/backup.sh", null));
        assertEquals("NAME 1: 12", find("rsync", null));
        assertEquals("NAME 1: 16", find("a-name-that-is-cut-off", null));
    }

    @Test
    void whatRanUnderAnotherNameOnlyUntilItsExecIsNotMeant() {
        assertEquals("NAME 1: 14", find("worker", null));
        assertEquals("no process is called cron" + SPAN + " — what there is shows: exitbox info", find("cron", null));
        assertEquals("no process is called gone" + SPAN + " — what there is shows: exitbox info", find("gone", null));
    }

    @Test
    void aPartOfACommandLineMayLackItsQuotes() {
        assertEquals("PART 1: 12", find("rsync a b", null));
        assertEquals("WORD 1: 12", find("rsync 'a b'", null));
    }

    @Test
    void anySignMayStandInAWord() {
        assertEquals("WORD 1: 18", find("a—b.txt", null));
        assertEquals("WORD 1: 18", find("x€ (1)", null));
        assertEquals("WORD 1: 18", find("e\u0301", null));
        for (String word : List.of("a—bXtxt", "tail 🙂 5", "[$^.|?*+{\\")) {
            assertEquals("no process is called " + word + SPAN + " — what there is shows: exitbox info", find(word, null));
        }
    }

    @Test
    void containersAreFoundByTheirIdsBeginning() {
        assertEquals("CONTAINER 1: 15", find("3f5c3f5c", null));
    }

    /// A word that is looked for stands on the command line of whoever looks for it.
    @Test
    void whoReadsARecordingIsMeantByPidAlone() {
        for (String word : List.of("own-one", "own-two", "own-three", "own-four", "own-five", "own-six", "own-", "why own-one")) {
            assertEquals("no process is called " + word + SPAN + " — what there is shows: exitbox info", find(word, null));
        }
        for (int pid = 30; pid <= 35; pid++) {
            assertEquals("PID 1: " + pid, find(Integer.toString(pid), null));
        }
        assertEquals("WORD 1: 36", find("others", null));
        assertEquals("WORD 1: 37", find("recorded", null));
    }

    @Test
    void anIdentityWithoutItsStartIsOne() {
        assertEquals("NAME 1: 17", find("imported", null));
    }

    @Test
    void onlyThoseAskedForCount() {
        assertEquals("UNIT 1: 16", find("nginx", "(SELECT * FROM exits WHERE pid = 16)"));
    }

    @Test
    void whatIsNotThereHasNeighbours() {
        assertEquals("no process is called ngnix" + SPAN + " — did you mean nginx?", find("ngnix", null));
        assertEquals("no process is called x')--" + SPAN + " — what there is shows: exitbox info", find("x')--", null));
        assertThrows(Failure.class, () -> Who.of("  "));
    }
}
