package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.sign.SealKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What somebody with every right on the machine, and the key that it has by then, can do to a signed catalog, and that
/// `verify --key` finds it. Those who forge write all sums anew: no chain shows it.
class SignedTest {
    @TempDir
    Path dir;

    private String key;
    private Path keyFile;
    private Path recording;
    private Path catalog;

    @BeforeEach
    void record() throws IOException {
        recording = dir.resolve("recording");
        catalog = recording.resolve("catalog/host=web1.jsonl");
        keyFile = dir.resolve("seal.key");
        key = SealKey.create(keyFile).hex();
        RecordingText.write(recording, """
                key seal.key
                runs 03:00:00 event=start run_id=r1 filters=
                repeat 5 1s heartbeats 03:00:00.5
                exits 03:00:02 pid=1 comm=a status=0 age=1s
                seal
                repeat 5 1s heartbeats 03:00:05.5
                exits 03:00:07 pid=2 comm=b status=9 age=1s
                seal
                repeat 5 1s heartbeats 03:00:10.5
                exits 03:00:12 pid=3 comm=c status=9 age=1s
                seal
                repeat 5 1s heartbeats 03:00:15.5
                runs 03:00:20 event=stop run_id=r1 reason=SIGTERM
                seal
                """.lines().toList());
        Files.setPosixFilePermissions(recording.resolve("catalog/host=web1.sha256"), PosixFilePermissions.fromString("rw-r-----"));
    }

    @Test
    void asItWasRecorded() throws IOException {
        Answer answer = verify("--key", key);
        assertEquals(0, answer.status);
        String last = lastSha256();
        assertTrue(answer.out.startsWith("note: web1: 4 lines of its catalog signed up to epoch 3, sha256 of the last " + last + "\n"),
                answer.out);
        assertEquals(0, verify("--key", key, "--expect", last).status);
        assertEquals(0, verify("--key", key.toUpperCase(Locale.ROOT), "--expect", last.toUpperCase(Locale.ROOT)).status);
        Path kept = Files.writeString(dir.resolve("kept.txt"), "web1: " + key + "\n");
        assertEquals(0, verify("--key", kept.toString()).status);
        assertTrue(verify().out.startsWith(
                "note: web1: 4 lines of its catalog signed, by whom is not checked: give the key that you keep elsewhere (--key)\n"));
        assertEquals("epoch 4", exitbox("seal-key", "show", keyFile.toString()).out.split(",")[0]);
    }

    @Test
    void anotherKey() {
        assertFound("line 1: is not signed by the key that was given", "--key", "00".repeat(32));
    }

    /// Another name in the same folder, of two signed lines.
    private void recordToo(String keyName) throws IOException {
        RecordingText.write(recording, """
                host web2
                key %s
                runs 04:00:00 event=start run_id=r2 filters=
                repeat 5 1s heartbeats 04:00:00.5
                seal
                runs 04:00:05 event=stop run_id=r2 reason=SIGTERM
                seal
                """.formatted(keyName).lines().toList());
    }

    @Test
    void twoHostsWithAKeyEach() throws IOException {
        String second = SealKey.create(dir.resolve("second.key")).hex();
        recordToo("second.key");
        assertEquals(0, verify("--key", key, "--key", second).status);
        assertEquals(0, verify("--key", second, "--key", key).status);
        assertFound("catalog/host=web2.jsonl, line 1: is not signed by the key that was given", "--key", key);
        assertFound("catalog/host=web2.jsonl, line 1: is not signed by any key that was given", "--key", key, "--key", "00".repeat(32));
    }

    @Test
    void aHostThatIsMissingAltogether() throws IOException {
        String second = SealKey.create(dir.resolve("second.key")).hex();
        assertFound("catalog: none of it begins with a line signed by " + second, "--key", key, "--key", second);
    }

    /// A machine with another name goes on with its key: one proof from the first line to the last.
    @Test
    void aHostThatGotAnotherName() throws IOException {
        recordToo("seal.key");
        Answer answer = verify("--key", key);
        assertEquals(0, answer.status, answer.out);
        // Without the last line of what it was called before there is no way from the key to this name.
        forge(lines().subList(0, lines().size() - 1));
        assertFound("catalog/host=web2.jsonl, line 1: is signed for epoch 4 where epoch 0 is next: 4 signed lines are missing before it",
                "--key", key);
    }

    /// The key that one machine has signs no other machine's lines, though it is next in a chain.
    @Test
    void anotherHostsKeyBehindAnEndThatWasCutOff() throws IOException {
        String second = SealKey.create(dir.resolve("second.key")).hex();
        recordToo("second.key");
        List<String> lines = lines();
        forge(lines.subList(0, 3));
        keyFile = dir.resolve("second.key");
        appendSigned(lines.get(3));
        assertFound("catalog/host=web1.jsonl, line 4: is signed for epoch 2 where epoch 3 is next", "--key", key, "--key", second);
        assertFound("catalog/host=web1.jsonl, line 4: is signed for epoch 2 where epoch 3 is next");
    }

    @Test
    void aHostThatIsMissingBesideOneThatGotAnotherName() throws IOException {
        recordToo("seal.key");
        assertEquals(0, verify("--key", key).status);
        String third = SealKey.create(dir.resolve("third.key")).hex();
        assertFound("catalog: none of it begins with a line signed by " + third, "--key", key, "--key", third);
    }

    @Test
    void aChangedLine() throws IOException {
        List<String> lines = lines();
        lines.set(1, lines.get(1).replace("\"lost\":0", "\"lost\":7"));
        forge(lines);
        assertFound("line 2: is not signed by the key that the line signed before it names", "--key", key);
        assertFound("line 2: is not signed by the key that the line signed before it names");
    }

    @Test
    void aLineTakenOutOfTheMidst() throws IOException {
        List<String> lines = lines();
        lines.remove(1);
        forge(lines);
        assertFound("line 2: is signed for epoch 2 where epoch 1 is next: 1 signed line is missing before it", "--key", key);
    }

    /// The key of the machine signs epoch 4 on: what it signs does not follow the lines that are left.
    @Test
    void theEndCutOffAndRecordedOn() throws IOException {
        String last = lastSha256();
        forge(lines().subList(0, 2));
        assertEquals(0, verify("--key", key).findings("epoch"), "nobody can tell it from a recording that ended then");
        assertFound("catalog: no line of it has sha256 " + last, "--key", key, "--expect", last);
        appendSigned(lines().getLast().replace("\"spool\":2", "\"spool\":9"));
        assertFound("line 3: is signed for epoch 4 where epoch 2 is next: 2 signed lines are missing before it", "--key", key);
    }

    @Test
    void anOldLineSignedAgainByTheKeyThatTheMachineHas() throws IOException {
        List<String> lines = lines();
        forge(lines.subList(0, 2));
        appendSigned(lines.get(2).replace("\"lost\":0", "\"lost\":7"), 2);
        assertFound("line 3: is not signed by the key that the line signed before it names", "--key", key);
    }

    @Test
    void allOfItSignedByAnotherKey() throws IOException {
        List<String> lines = lines();
        Path foreign = dir.resolve("foreign.key");
        SealKey.create(foreign);
        Files.move(foreign, keyFile, StandardCopyOption.REPLACE_EXISTING);
        Files.write(catalog, new byte[0]);
        for (String line : lines) {
            appendSigned(line);
        }
        assertEquals(0, verify().status, "it is signed, and whole");
        assertFound("line 1: is not signed by the key that was given", "--key", key);
    }

    @Test
    void signaturesTakenAway() throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line : lines()) {
            lines.add(line.replaceFirst(",\"epoch\":.*\"signature\":\"[0-9a-f]*\"", ""));
        }
        forge(lines);
        assertEquals(0, verify().status);
        assertFound("no line of it is signed", "--key", key);
    }

    @Test
    void aLineWithoutASignature() throws IOException {
        List<String> lines = lines();
        lines.set(3, lines.get(3).replaceFirst(",\"epoch\":.*\"signature\":\"[0-9a-f]*\"", ""));
        forge(lines);
        assertFound("line 4: is not signed, and lines before it are", "--key", key);
        assertEquals(0, verify().status);
    }

    /// What stands behind a signature is not signed, and could name the key of whoever put it there.
    @Test
    void anotherKeyNamedBehindTheSignature() throws IOException {
        Path foreign = dir.resolve("foreign.key");
        String evil = SealKey.create(foreign).hex();
        forge(changedLast(line -> behindTheSignature(line, ",\"next_key\":\"" + evil + "\"")));
        assertFound("line 4: ", "--key", key);
        Files.move(foreign, keyFile, StandardCopyOption.REPLACE_EXISTING);
        appendSigned(lines().getLast().replace("\"spool\":4", "\"spool\":5").replaceFirst("\"files\":\\[.*?]", "\"files\":[]"), 4);
        assertFound("line 4: ", "--key", key);
    }

    @Test
    void factsPutInBehindTheSignature() throws IOException {
        for (String behind : List.of(",\"files\":[]", ",\"sources\":[]", ",\"signature\":\"" + "00".repeat(64) + "\"")) {
            List<String> before = lines();
            forge(changedLast(line -> behindTheSignature(line, behind)));
            assertFound("line 4: ", "--key", key);
            Files.write(catalog, before);
        }
    }

    @Test
    void aPartOfASignature() throws IOException {
        for (String part : List.of("\"epoch\":3,", "\"next_key\":\"[0-9a-f]*\",", ",\"signature\":\"[0-9a-f]*\"")) {
            List<String> before = lines();
            forge(changedLast(line -> line.replaceFirst(part, "")));
            assertFound("line 4: its signature is not where one is written", "--key", key);
            assertFound("line 4: its signature is not where one is written");
            Files.write(catalog, before);
        }
    }

    /// The line's own sha256 is the one that was noted.
    @Test
    void factsPutInBehindTheSha256() throws IOException {
        String last = lastSha256();
        Files.write(catalog, changedLast(line -> line.substring(0, line.length() - 1) + ",\"lost\":0}"));
        assertFound("line 4: ", "--key", key, "--expect", last);
        assertFound("line 4: ", "--expect", last);
    }

    @Test
    void linesFromBeforeThereWasAKey() throws IOException {
        Path older = dir.resolve("older");
        String second = SealKey.create(dir.resolve("second.key")).hex();
        RecordingText.write(older, """
                runs 03:00:00 event=start run_id=r1 filters=
                repeat 5 1s heartbeats 03:00:00.5
                seal
                key second.key
                repeat 5 1s heartbeats 03:00:05.5
                runs 03:00:10 event=stop run_id=r1 reason=SIGTERM
                seal
                """.lines().toList());
        Answer answer = exitbox("verify", "-d", older.toString(), "--key", second);
        assertEquals(0, answer.status, answer.out);
        assertTrue(answer.out.contains("1 line before line 2 are not signed: they are as they were when that was"), answer.out);
    }

    @Test
    void whatIsNoKey() throws IOException {
        assertEquals("--key nowhere: neither a key, 64 hexadecimal digits, nor a file\n", verify("--key", "nowhere").err);
        assertEquals(Failure.USAGE, verify("--key", Files.writeString(dir.resolve("empty"), "").toString()).status);
        assertEquals(Failure.USAGE, verify("--expect", "12ab").status);
        assertEquals(Failure.USAGE, exitbox("seal-key", "new", keyFile.toString()).status);
        assertEquals(Failure.CANNOT_CREATE, exitbox("seal-key", "new", dir.resolve("no/where").toString()).status);
        assertEquals(Failure.USAGE, exitbox("seal-key", "lose", keyFile.toString()).status);
        Answer made = exitbox("seal-key", "new", dir.resolve("new.key").toString());
        assertTrue(made.out.matches("[0-9a-f]{64}\n"), made.out);
    }

    private void assertFound(String what, String... options) {
        Answer answer = verify(options);
        assertEquals(Failure.DAMAGED, answer.status, answer.out);
        assertTrue(answer.out.contains(what), answer.out);
    }

    private List<String> lines() throws IOException {
        return new ArrayList<>(Files.readAllLines(catalog));
    }

    private List<String> changedLast(UnaryOperator<String> change) throws IOException {
        List<String> lines = lines();
        lines.addLast(change.apply(lines.removeLast()));
        return lines;
    }

    private static String behindTheSignature(String line, String facts) {
        return line.replaceFirst("(\"signature\":\"[0-9a-f]*\")", "$1" + facts);
    }

    private String lastSha256() throws IOException {
        return lines().getLast().replaceFirst(".*\"sha256\":\"([0-9a-f]*)\"}$", "$1");
    }

    /// Writes lines with a chain that holds.
    private void forge(List<String> lines) throws IOException {
        List<String> forged = new ArrayList<>();
        for (String line : lines) {
            String previous = forged.isEmpty() ? "" : sha256(forged.getLast());
            String body = body(line).replaceFirst("\"previous_sha256\":\"[0-9a-f]*\"", "\"previous_sha256\":\"" + previous + "\"");
            forged.add(body.substring(0, body.length() - 1) + ",\"sha256\":\"" + sha256(body) + "\"}");
        }
        Files.write(catalog, forged);
        forgeSums(forged);
    }

    private void appendSigned(String line) throws IOException {
        long epoch;
        try (SealKey sealKey = SealKey.open(keyFile)) {
            epoch = sealKey.epoch();
        }
        appendSigned(line, epoch);
    }

    /// Signs with the key that there is, for an epoch.
    private void appendSigned(String line, long epoch) throws IOException {
        try (SealKey sealKey = SealKey.open(keyFile)) {
            List<String> lines = lines();
            String previous = lines.isEmpty() ? "" : sha256(lines.getLast());
            String body = body(line).replaceFirst(",\"epoch\":.*", "}").replaceFirst("\"previous_sha256\":\"[0-9a-f]*\"",
                    "\"previous_sha256\":\"" + previous + "\"");
            String signed = body.substring(0, body.length() - 1) + ",\"epoch\":" + epoch + ",\"next_key\":\"" + sealKey.nextKey() + "\"}";
            String whole = signed.substring(0, signed.length() - 1) + ",\"signature\":\"" + sealKey.sign(sha256(signed)) + "\"}";
            lines.add(whole.substring(0, whole.length() - 1) + ",\"sha256\":\"" + sha256(whole) + "\"}");
            sealKey.moveOn("");
            Files.write(catalog, lines);
            forgeSums(lines);
        }
    }

    private void forgeSums(List<String> lines) throws IOException {
        StringBuilder sums = new StringBuilder();
        Pattern file = Pattern.compile("\"path\":\"([^\"]*)\"[^}]*\"sha256\":\"([0-9a-f]*)\"");
        for (String line : lines) {
            file.matcher(line).results().forEach(found -> sums.append(found.group(2)).append("  ").append(found.group(1)).append('\n'));
        }
        Files.writeString(recording.resolve("catalog/host=web1.sha256"), sums);
    }

    /// A line without its own sum.
    private static String body(String line) {
        return line.substring(0, line.lastIndexOf(",\"sha256\":\"")) + "}";
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Answer(int status, String out, String err) {
        long findings(String what) {
            return out.lines().filter(line -> line.startsWith("finding: ") && line.contains(what)).count();
        }
    }

    private Answer verify(String... options) {
        return exitbox(Stream.concat(Stream.of("verify", "-d", recording.toString()), Stream.of(options)).toArray(String[]::new));
    }

    private Answer exitbox(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, err, false, false, true, 100, 0, ZoneOffset.UTC,
                Clock.fixed(Instant.parse("2026-11-20T08:00:00Z"), ZoneOffset.UTC), "", Map.of(), dir);
        int status = Main.run(console, args);
        return new Answer(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
