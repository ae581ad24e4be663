package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import exitbox.analyzer.text.Timestamps;
import exitbox.analyzer.verify.Remark;
import exitbox.analyzer.verify.Verification;
import exitbox.analyzer.verify.Work;
import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Deleter;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.Recording;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever is changed in a recording, `exitbox verify` finds it: one bit at a time, one byte of a file's length, one file.
class VerifyTest {
    private static final Instant BOOTED = Instant.parse("2026-11-20T00:00:00Z");

    @TempDir
    Path dir;

    private Path recording;
    private Clock clock;
    private Instant now = Instant.parse("2026-11-20T03:00:15.5Z");

    @BeforeEach
    void write() throws IOException {
        recording = dir.resolve("recording").toAbsolutePath();
        RecordingText.write(recording, """
                runs 03:00:00 event=start run_id=r1 filters=
                repeat 5 1s heartbeats 03:00:00.5
                exits 03:00:02 pid=1 comm=Grüße status=0 age=1s
                seal
                repeat 5 1s heartbeats 03:00:05.5
                exits 03:00:07 pid=2 comm=b status=9 age=1s
                seal
                repeat 5 1s heartbeats 03:00:10.5
                """.lines().toList());
        for (Path file : files("")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        }
        assertEquals(List.of(), findings(), "the recording as it was made, a second after its last heartbeat");
    }

    @Test
    void bytesOfTheCatalog() throws IOException {
        Path catalog = recording.resolve("catalog/host=web1.jsonl");
        byte[] bytes = Files.readAllBytes(catalog);
        for (int at = 0; at < bytes.length; at++) {
            if (at % 7 == 0 || bytes[at] == '\n' || at > bytes.length - 100) {
                flipped(catalog, at);
            }
        }
    }

    @Test
    void bytesOfEverySegment() throws IOException {
        for (Path file : files(".parquet")) {
            long size = Files.size(file);
            for (long at = 0; at < size; at += at < 16 || at > size - 16 ? 1 : 257) {
                flipped(file, at);
            }
        }
    }

    // What is being written has no other copy of its length than itself: a last frame that claims to be longer than the
    // file may be on its way. All else shows.
    @Test
    void bytesOfTheOpenSpool() throws IOException {
        Path spool = files(".spool").getFirst();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(spool)).order(ByteOrder.LITTLE_ENDIAN);
        int last = 0;
        for (int frame = 16 + bytes.getInt(8); frame < bytes.capacity(); frame += 8 + bytes.getInt(frame)) {
            last = frame;
        }
        for (int at = 0; at < bytes.capacity(); at += at < last ? 3 : 1) {
            if (at < last || at >= last + 4) {
                flipped(spool, at);
            }
        }
    }

    /// A recorder's leftover, an hour later: what is being written no longer excuses anything. More with -Dexitbox.flips=N,
    /// others with -Dexitbox.flips.seed=N.
    @Test
    @Tag("faults")
    void anyBitAnywhere() throws IOException {
        now = now.plus(Duration.ofHours(1));
        List<Remark> before = findings();
        assertEquals(List.of("end", "unsealed"), before.stream().map(Remark::kind).toList());
        long seed = Long.getLong("exitbox.flips.seed", 1);
        Random random = new Random(seed);
        List<Path> all = files("");
        int flips = Integer.getInteger("exitbox.flips", 400);
        for (int flip = 0; flip < flips; flip++) {
            Path file = all.get(random.nextInt(all.size()));
            byte[] bytes = Files.readAllBytes(file);
            int bit = random.nextInt(bytes.length * 8);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bytes);
            assertNotEquals(before, findings(), "bit " + bit + " of " + file + ", seed " + seed);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bytes);
        }
        System.out.println("flipped " + flips + " bits: each found");
    }

    /// But for its whole frames: those that are not there any more left no trace.
    @Test
    void everyLengthOfTheLastFrame() throws IOException {
        now = now.plus(Duration.ofHours(1));
        Path spool = files(".spool").getFirst();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(spool)).order(ByteOrder.LITTLE_ENDIAN);
        int last = 0;
        for (int frame = 16 + bytes.getInt(8); frame < bytes.capacity(); frame += 8 + bytes.getInt(frame)) {
            last = frame;
        }
        for (int length = last + 1; length < bytes.capacity(); length++) {
            Files.write(spool, Arrays.copyOf(bytes.array(), length));
            int torn = length - last;
            assertEquals(List.of("its last " + torn + " bytes make no whole frame"), findings().stream()
                    .filter(remark -> remark.kind().equals("torn")).map(Remark::what).toList());
        }
    }

    @Test
    void everyLengthOfASegmentAndOfTheCatalog() throws IOException {
        for (Path file : List.of(files(".parquet").getFirst(), recording.resolve("catalog/host=web1.jsonl"))) {
            byte[] bytes = Files.readAllBytes(file);
            for (int length = 0; length < bytes.length; length += length < bytes.length - 100 ? 97 : 7) {
                byte[] cut = new byte[length];
                System.arraycopy(bytes, 0, cut, 0, length);
                Files.write(file, cut);
                assertNotEquals(List.of(), findings(), file + " cut to " + length);
            }
            Files.write(file, bytes);
        }
        assertEquals(List.of(), findings());
    }

    @Test
    void everyFileThatIsGoneMovedOrCopied() throws IOException {
        for (Path file : files("")) {
            Path aside = dir.resolve("aside");
            Files.move(file, aside);
            assertNotEquals(List.of(), findings(), file + " gone");
            Path renamed = file.resolveSibling("20260101T000000Z-000001.parquet");
            Files.move(aside, renamed);
            assertNotEquals(List.of(), findings(), file + " renamed");
            Files.move(renamed, file);
            Files.copy(file, renamed);
            assertNotEquals(List.of(), findings(), file + " copied");
            Files.delete(renamed);
        }
        assertEquals(List.of(), findings());
    }

    @Test
    void aLinkOutOfTheRecording() throws IOException {
        Path file = files(".parquet").getFirst();
        Path outside = dir.resolve("outside.parquet");
        Files.move(file, outside);
        Files.createSymbolicLink(file, outside);
        assertEquals(List.of("link"), findings().stream().map(Remark::kind).toList());
    }

    @Test
    void everyTwoSegmentsExchanged() throws IOException {
        List<Path> segments = files(".parquet");
        Path aside = dir.resolve("aside");
        for (int a = 0; a < segments.size(); a++) {
            for (int b = a + 1; b < segments.size(); b++) {
                swap(segments.get(a), segments.get(b), aside);
                List<Remark> found = findings();
                assertEquals(2, found.stream().filter(remark -> remark.kind().equals("swapped")).count(), found.toString());
                swap(segments.get(a), segments.get(b), aside);
            }
        }
    }

    /// Whoever opens a pipe waits for somebody to write into it.
    @Test
    void aPipeInThePlaceOfAFile() throws Exception {
        for (Path file : files("")) {
            Path aside = dir.resolve("aside");
            Files.move(file, aside);
            assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
            assertTimeoutPreemptively(Duration.ofMinutes(1), () -> {
                String said = findings().toString();
                assertTrue(said.contains("is no file"), file + ": " + said);
            });
            Files.delete(file);
            Files.move(aside, file);
        }
    }

    /// Files are listed first, then catalogs: a spool that was listed may be gone when its line is there.
    @Test
    void aSpoolThatIsSealedAndDroppedMeanwhile() throws IOException {
        RecordingText.write(recording, """
                host web0
                runs 02:00:00 event=start run_id=r0 filters=
                repeat 3 1s heartbeats 02:00:00.5
                runs 02:00:03 event=stop run_id=r0 reason=SIGTERM
                seal
                """.lines().toList());
        RecordingText.write(dir.resolve("open"), List.of("exits 01:00:00 pid=1 comm=a status=0 age=1s", "spool"));
        Path spool = recording.resolve("spool/host=web1/000002.spool");
        Files.copy(dir.resolve("open/spool/host=web1/000001.spool"), spool);
        assertEquals(List.of("leftover"), verify(() -> {
        }).stream().map(Remark::kind).filter(kind -> !kind.equals("live")).toList());
        assertEquals(List.of("live"), verify(() -> Files.deleteIfExists(spool)).stream().map(Remark::kind).toList());
    }

    @Test
    void filesThatAreDeletedMeanwhile() throws IOException {
        CatalogWriter catalog = new CatalogWriter(new Recording(recording), Access.own(), "web1", null);
        boolean[] deleted = {false};
        List<Remark> remarks = verify(() -> {
            // Before any thread has read a file.
            synchronized (deleted) {
                if (!deleted[0]) {
                    deleted[0] = true;
                    new Deleter(new Recording(recording), catalog).delete(Set.of(1L, 2L), "--keep-size 5M",
                            new Deletion.Moment("", 0, 0));
                }
            }
        });
        assertEquals(List.of(), remarks.stream().filter(Remark::finding).toList());
        assertEquals(4, remarks.stream().filter(remark -> remark.kind().equals("deleted")).count(), remarks.toString());
    }

    private interface Meanwhile {
        void happens() throws IOException;
    }

    private List<Remark> verify(Meanwhile meanwhile) {
        return Verification.run(recording, console(new ByteArrayOutputStream(), new ByteArrayOutputStream()),
                new Timestamps(ZoneOffset.UTC), Verification.Trust.NONE, new Work(() -> {
                    try {
                        meanwhile.happens();
                        return false;
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                })).remarks();
    }

    @Test
    void aFileThatMayNotBeReadIsNoFinding() throws IOException {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may read everything");
        Path file = files(".parquet").getFirst();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        for (String[] command : new String[][]{{"verify"}, {"recover", "--to", "copy"}, {"compact", "--to", "copy"}}) {
            assertEquals(Failure.NOT_PERMITTED, exitbox(command).status(), command[0]);
        }
        Files.move(file, file.resolveSibling("20260101T000000Z-000099.parquet"));
        assertEquals(Failure.NOT_PERMITTED, exitbox("verify").status());
    }

    /// A large one takes minutes to read; its last heartbeat was fresh when that began.
    @Test
    void aRecordingThatTakesLongToReadIsLiveAllTheSame() {
        clock = new Clock() {
            private Instant next = now;

            @Override
            public Instant instant() {
                Instant instant = next;
                next = next.plusSeconds(60);
                return instant;
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
        assertEquals(List.of(), findings());
    }

    @Test
    void sumsAreThoseThatSha256sumChecks() throws Exception {
        Answer sums = exitbox("verify", "--sums");
        assertEquals(0, sums.status());
        assertEquals(files(".parquet").size(), sums.out().lines().count());
        assertEquals(0, sha256sum(sums.out()));
        Files.writeString(files(".parquet").getLast(), "changed");
        assertEquals(1, sha256sum(sums.out()));
    }

    @Test
    void anEmptiedRecordingIsNone() throws IOException {
        for (Path file : files("")) {
            Files.delete(file);
        }
        for (String[] command : new String[][]{{"verify", "--quiet"}, {"info"}}) {
            Answer answer = exitbox(command);
            assertEquals(Failure.NO_RECORDING, answer.status(), answer.err());
            assertEquals("no recording: there is nothing in " + recording.toRealPath() + " — say where it is with -d DIR\n", answer.err());
        }
    }

    private int sha256sum(String sums) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sha256sum", "--check", "--status").directory(recording.toFile()).inheritIO()
                .redirectInput(ProcessBuilder.Redirect.PIPE).start();
        process.getOutputStream().write(sums.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        return process.waitFor();
    }

    private void flipped(Path file, long at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        byte before = bytes[(int) at];
        bytes[(int) at] ^= (byte) (1 << at % 8);
        Files.write(file, bytes);
        assertNotEquals(List.of(), findings(), "bit " + at % 8 + " of byte " + at + " of " + bytes.length + " of " + file);
        bytes[(int) at] = before;
        Files.write(file, bytes);
    }

    private static void swap(Path a, Path b, Path aside) throws IOException {
        Files.move(a, aside);
        Files.move(b, a);
        Files.move(aside, b);
    }

    private List<Path> files(String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(recording)) {
            return all.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private List<Remark> findings() {
        try {
            return verify().stream().filter(Remark::finding).toList();
        } catch (Failure e) {
            return List.of(new Remark(true, "failure", recording.toString(), e.getMessage(), null));
        }
    }

    private List<Remark> verify() {
        Timestamps times = new Timestamps(ZoneOffset.UTC);
        return Verification
                .run(recording, console(new ByteArrayOutputStream(), new ByteArrayOutputStream()), times, Verification.Trust.NONE,
                        new Work(() -> false))
                .remarks();
    }

    private record Answer(int status, String out, String err) {}

    private Answer exitbox(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("-d", recording.toString()));
        int status = Main.run(console(out, err), all.toArray(String[]::new));
        return new Answer(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Console console(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new Console(new ByteArrayInputStream(new byte[0]), out, err, false, false, true, 100, 0, ZoneOffset.UTC,
                clock == null ? Clock.fixed(now, ZoneOffset.UTC) : clock, RecordingText.bootId("web1", BOOTED), Map.of(), dir);
    }
}
