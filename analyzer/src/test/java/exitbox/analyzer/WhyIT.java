package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.analyzer.text.Ages;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `why` on deaths of this machine, as they are recorded: who sent the signal, out of which scripts; whose want of memory it was.
class WhyIT {
    private static final String LIMIT = Integer.toString(16 << 20);

    @TempDir
    static Path folder;

    private static SideBySide together;
    private static Path group;
    private static long payments;
    private static long deploy;
    private static long deaf;
    private static long hoarder;
    private static long grabber;

    @BeforeAll
    static void recordDeaths() throws Exception {
        SideBySide.assumeRecorder();
        together = new SideBySide(folder);
        // Names of their own for what a shell runs: a link's name is what the process is called.
        for (String name : List.of("payments", "deaf", "hoarder")) {
            Files.createSymbolicLink(folder.resolve(name), Path.of("/bin/sh"));
        }
        script("deploy", "./stop-all \"$1\" 'v42 final'");
        script("stop-all", "env kill -9 \"$1\"");
        script("restart", "env kill -TERM \"$1\"; sleep 0.3; env kill -KILL \"$1\"");
        group = limitedGroup();

        together.record();
        together.awaitArmed();
        Process victim = ready("payments", "echo ready; read line; : --port 8443");
        payments = victim.pid();
        deploy = run("deploy.out", "./deploy", Long.toString(payments));
        assertEquals(137, status(victim));
        victim = ready("deaf", "trap '' TERM; echo ready; read line; :");
        deaf = victim.pid();
        run("restart.out", "./restart", Long.toString(deaf));
        assertEquals(137, status(victim));
        if (group != null) {
            // The OOM killer's choice for certain, although most of the group's memory is the other's.
            victim = ready("hoarder", "x=$(head -c 4M /dev/zero | tr '\\0' x); echo 0 >" + group + "/cgroup.procs; "
                    + "echo 1000 >/proc/self/oom_score_adj; echo ready; read line; :");
            hoarder = victim.pid();
            // It keeps what could be the last line.
            Process other = together.start("grabber.out", "sh", "-c", "echo 0 >" + group + "/cgroup.procs; exec tail /dev/zero");
            grabber = other.pid();
            assertEquals(137, status(victim));
            assertEquals(137, status(other));
        }
        together.stopRecorder();
    }

    private static void script(String name, String text) throws IOException {
        Path script = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
        assertTrue(script.toFile().setExecutable(true));
    }

    private static Process ready(String name, String text) throws Exception {
        Process process = together.start(name + ".out", "./" + name, "-c", text);
        together.await(name + " is ready", () -> together.lines(name + ".out").equals(List.of("ready")), process);
        return process;
    }

    private static long run(String output, String... command) throws Exception {
        Process process = together.start(output, command);
        assertEquals(0, status(process), together.said());
        return process.pid();
    }

    private static int status(Process process) throws InterruptedException {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
        return process.exitValue();
    }

    /// A memory cgroup that `tail /dev/zero` is too much for; null where none can be made.
    private static Path limitedGroup() {
        Path root = Stream.of("/sys/fs/cgroup/memory", "/sys/fs/cgroup").map(Path::of)
                .filter(path -> Files.exists(path.resolve("cgroup.procs"))).findFirst().orElse(Path.of("/nowhere"));
        Path made = root.resolve("exitbox-why-" + ProcessHandle.current().pid());
        try {
            Files.createDirectory(made);
            boolean limited = false;
            for (String limit : List.of("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max", "memory.swap.max")) {
                if (Files.exists(made.resolve(limit))) {
                    Files.writeString(made.resolve(limit), limit.equals("memory.swap.max") ? "0" : LIMIT);
                    limited = true;
                }
            }
            if (limited) {
                return made;
            }
            Files.delete(made);
        } catch (IOException _) {
            // Not here.
        }
        return null;
    }

    @AfterAll
    static void end() throws Exception {
        if (together != null) {
            together.close();
        }
        // For a moment after the last death it is busy.
        for (int tries = 0; group != null && !group.toFile().delete() && tries < 100; tries++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private static Map<String, Object> json(long pid) throws IOException {
        return Json.readObject(together.answer("why", Long.toString(pid), "--json").getFirst());
    }

    /// The page without the breaks between its lines.
    private static String page(long pid) {
        return String.join("\n", together.answer("why", Long.toString(pid)));
    }

    private static String flowing(String page) {
        return page.replaceAll("\\s+", " ");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> in(Map<String, Object> object, String key) {
        return (Map<String, Object>) object.get(key);
    }

    private static String cmdline(Map<String, Object> party) {
        return (String) in(party, "program").get("cmdline");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> object, String key) {
        return (List<Map<String, Object>>) object.get(key);
    }

    @Test
    void aKillOutOfNestedScriptsNamesThemAll() throws IOException {
        Map<String, Object> why = json(payments);
        assertEquals("sure", why.get("certainty"));
        assertEquals("user", in(why, "death").get("cause"));
        assertEquals("./payments -c 'echo ready; read line; : --port 8443'", in(why, "program").get("cmdline"));
        assertEquals("kill -9 " + payments, cmdline(in(why, "killer")));
        List<Map<String, Object>> elders = list(in(why, "killer_ancestry"), "processes");
        assertEquals("/bin/sh ./stop-all " + payments + " 'v42 final'", cmdline(elders.get(0)));
        assertEquals("/bin/sh ./deploy " + payments, cmdline(elders.get(1)));
        assertEquals(deploy, ((Number) elders.get(1).get("pid")).longValue());
        assertEquals(ProcessHandle.current().pid(), ((Number) elders.get(2).get("pid")).longValue());
        assertEquals(1L, ((Number) elders.getLast().get("pid")).longValue());
        assertEquals("init", in(why, "killer_ancestry").get("end"));

        String page = page(payments);
        assertTrue(flowing(page).startsWith("payments (pid " + payments + ") was killed by SIGKILL at "), page);
        assertTrue(flowing(page).contains(": \"kill -9 " + payments + "\" (pid "), page);
        Matcher chain = Pattern
                .compile("SENT BY, AND WHO STARTED THAT\n.* root +kill -9 " + payments + "( .*)?\n.* root +/bin/sh ./stop-all "
                        + payments + " 'v42 final'( .*)?\n +" + deploy + " +root +/bin/sh ./deploy " + payments
                        + "( .*)?\n(.*\n)* +1 +\\S+ +.*\n")
                .matcher(page);
        assertTrue(chain.find(), page);
        assertTrue(page.contains("\n  Sure: the kernel named the sender in the moment the signal was sent.\n"), page);
    }

    @Test
    void killAfterTermTellsHowLongItWaited() throws IOException {
        Map<String, Object> why = json(deaf);
        List<Map<String, Object>> signals = list(why, "signals");
        assertEquals(List.of("SIGTERM", "SIGKILL"), signals.stream().map(signal -> signal.get("signal_name")).toList());
        assertEquals(List.of("ignored", "killed it"), signals.stream().map(signal -> signal.get("fate")).toList());
        assertEquals(List.of("kill -TERM " + deaf, "kill -KILL " + deaf), signals.stream().map(signal -> cmdline(in(signal, "sender")))
                .toList());
        long waited = ((Number) why.get("escalated_after_ns")).longValue();
        assertTrue(waited >= 300_000_000, waited + " ns after a sleep of 0.3 s");
        String words = Ages.text(waited);
        assertTrue(((String) why.get("verdict")).endsWith(" sent it, " + words + " after SIGTERM, which it ignored."), why.get("verdict")
                + " " + waited);
        assertTrue(page(deaf).contains("\n  SIGTERM first, SIGKILL " + words + " later.\n"), page(deaf));
    }

    @Test
    void anOomKillNamesWhoseAllocationRanOut() throws IOException {
        assumeTrue(group != null, "needs a memory cgroup that can be made");
        Map<String, Object> why = json(hoarder);
        assertEquals("oom", in(why, "death").get("cause"));
        assertEquals("sure", why.get("certainty"));
        Map<String, Object> trigger = in(in(why, "oom"), "trigger");
        assertEquals(grabber, ((Number) trigger.get("pid")).longValue());
        assertEquals("tail /dev/zero", cmdline(trigger));
        assertEquals(grabber, ((Number) in(why, "killer").get("pid")).longValue());
        String page = page(hoarder);
        assertTrue(flowing(page).contains("and the OOM killer chose it"), page);
        assertTrue(page.contains("\n  asked by  \"tail /dev/zero\" (pid " + grabber + ", root"), page);
        if (Boolean.TRUE.equals(in(why, "oom").get("memcg"))) {
            assertTrue(flowing(page).contains("its memory cgroup had reached its limit"), page);
            assertTrue(flowing(page).contains("of the memory cgroup /" + group.getFileName()), page);
        }
    }
}
