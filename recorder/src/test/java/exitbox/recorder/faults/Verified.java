package exitbox.recorder.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.recorder.Await;
import exitbox.recorder.LiveRecorder;
import exitbox.recorder.Recorded;
import exitbox.recorder.Truth;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.segment.SegmentCheck;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What `exitbox verify` says of a recording.
///
/// @param findings the kinds of what is wrong
/// @param notes the kinds of what is unusual and explained
/// @param text all of its words
public record Verified(int status, Set<String> findings, Set<String> notes, String text) {

    /// What a run that did not end leaves, and the next start makes good.
    private static final Set<String> OPEN = Set.of("unsealed", "torn", "end");

    static void assumeAnalyzer() {
        assumeTrue("both".equals(System.getProperty("exitbox.programs")), "is run by the analyzer's module, when both programs are there");
        assumeTrue(Files.exists(Truth.ROOT.resolve("analyzer/target/analyzer.jar")), "needs the analyzer: bin/test without -pl");
    }

    public static Verified of(Path dir) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(Truth.ROOT.resolve("bin/exitbox").toString(), "verify", "--json", "-d", dir.toString());
        builder.environment().put("EXITBOX_NO_BUILD", "1");
        Process process = builder.redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes());
        Set<String> findings = new TreeSet<>();
        Set<String> notes = new TreeSet<>();
        for (String line : text.lines().filter(line -> line.startsWith("{")).toList()) {
            Map<String, Object> remark = Json.readObject(line);
            if ("finding".equals(remark.get("type"))) {
                findings.add((String) remark.get("kind"));
            } else if ("note".equals(remark.get("type"))) {
                notes.add((String) remark.get("kind"));
            }
        }
        Verified verified = new Verified(process.waitFor(), findings, notes, text);
        assertEquals(findings.isEmpty() ? 0 : 65, verified.status, text);
        return verified;
    }

    /// Fails unless nothing is wrong with a recording, nothing of it waits to be sealed or to be cleared away, no row is
    /// missing or there twice, and all that the kernel saw was written, filtered or counted as lost; returns its notes.
    public static Set<String> sound(Path dir) throws Exception {
        Verified verified = of(dir);
        assertEquals(Set.of(), verified.findings, verified.text);
        assertEquals(List.of(), LiveRecorder.spools(dir));
        assertEquals(List.of(), files(dir, ".tmp"));
        try (Recorded recorded = Recorded.open(dir)) {
            recorded.assertSeqWhole();
            recorded.assertBalanced();
        }
        return verified.notes;
    }

    /// Waits until a dead recorder's last heartbeat is so old that its recording passes for live no more.
    static void awaitDead(Path dir) throws Exception {
        Await.until("it does not pass for live", () -> !of(dir).notes.contains("live"));
    }

    /// Fails unless all that is wrong with a recording is that its last run did not end; what stands under its final name
    /// is whole, also when no catalog names it yet.
    static Verified openAtMost(Path dir) throws Exception {
        Verified verified = of(dir);
        assertTrue(OPEN.containsAll(verified.findings), verified.text);
        for (Path segment : files(dir, ".parquet")) {
            SegmentCheck.rows(segment);
        }
        return verified;
    }

    static List<Path> files(Path dir, String suffix) throws IOException {
        if (!Files.exists(dir)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(dir)) {
            return all.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    static Path catalog(Path dir) throws IOException {
        return new Recording(dir).catalog(LiveRecorder.host());
    }
}
