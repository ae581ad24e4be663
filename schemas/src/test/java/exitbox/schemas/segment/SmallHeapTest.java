package exitbox.schemas.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.Layouts;
import exitbox.schemas.Raw;
import exitbox.schemas.Spools;
import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogEntry;
import exitbox.schemas.catalog.CatalogLines;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.catalog.Sums;
import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.SpoolWriter;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The recorder's heap, small as bin/programs.sh makes it, suffices to seal any spool of the size it rotates at, also one in
/// which no two values are alike, for somebody may want the recorder to fail; and to write on a catalog that is long.
class SmallHeapTest {
    private static final Path PROGRAMS = Path.of("..", "bin", "programs.sh").toAbsolutePath();
    private static final long SPOOLS = 17_000;
    private static final int FRAME_BYTES = 1 << 18;

    // Fields that tell where a record's variable parts lie.
    private static final Pattern PART = Pattern.compile("(.*)_(offset|length)");

    @TempDir
    Path dir;

    private enum Load {
        NOTHING_ALIKE(16), LONG_ARGUMENTS(16), ALIKE_AT_FIRST(32),
        /// Takes memory for each death of a spool, up to the size it is rotated at.
        TWO_CLAIMS(64);

        private final long bytes;

        Load(int mebibytes) {
            bytes = (long) mebibytes << 20;
        }
    }

    @ParameterizedTest
    @EnumSource
    void suffices(Load load) throws Exception {
        Recording recording = new Recording(dir);
        Access.own().createFolders(recording.spoolFolder(Spools.HOST));
        long rows = write(load, recording.spool(Spools.HOST, 1));
        assertEquals("0: " + rows + " rows", seal(1));
    }

    /// Half a year of quarters of an hour, and what is old has been deleted all the time.
    @Test
    void holdsWhatIsToBeKnownOfALongCatalog() throws Exception {
        Recording recording = new Recording(dir);
        Access.own().createFolders(recording.spoolFolder(Spools.HOST));
        Access.own().createFolders(recording.catalogFolder());
        Path catalog = recording.catalog(Spools.HOST);
        String previous = "";
        try (BufferedWriter lines = Files.newBufferedWriter(catalog)) {
            for (long number = 1; number <= SPOOLS; number++) {
                List<CatalogEntry> entries = new ArrayList<>(List.of(sealed(number)));
                if (number > SPOOLS / 10) {
                    entries.add(deleted(sealed(number - SPOOLS / 10)));
                }
                for (CatalogEntry entry : entries) {
                    String line = CatalogLines.text(entry, previous);
                    lines.write(line + "\n");
                    previous = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(line.getBytes(StandardCharsets.UTF_8)));
                }
            }
        }
        assertTrue(Files.size(catalog) > 40 << 20, "more than there is room for");
        long next = SPOOLS + 1;
        try (SpoolWriter spool = SpoolWriter.create(recording.spool(Spools.HOST, next), Spools.header(Layouts.EXIT))) {
            Spools.append(spool, next * 10, new Raw().row(record(Layouts.EXIT, new Random(1), 100, 64, 1)));
        }
        assertEquals("0: 1 rows", seal(next));
        Catalog after = Catalog.read(catalog);
        assertEquals(List.of(), after.problems());
        assertEquals(next, after.spools().getLast().number());
        assertEquals(Sums.text(after), Files.readString(recording.sums(Spools.HOST)));
    }

    private static SealedSpool sealed(long number) {
        List<SegmentFile> files = new ArrayList<>();
        for (Table table : List.of(Table.EXITS, Table.EXECS, Table.FORKS, Table.SIGNALS, Table.TASKS, Table.HEARTBEATS, Table.GAPS)) {
            String path = Recording.segment(table, Spools.HOST, number * 900_000_000L, number);
            files.add(new SegmentFile(table, path, 10, 10_000, number * 10, number * 10 + 9, 0, 9, number * 900_000_000L,
                    number * 900_000_000L + 5, HexFormat.of().formatHex(new byte[32])));
        }
        return new SealedSpool(number, Spools.HOST, Spools.BOOT, Spools.RUN, number * 10 + 10, 9, 0, 0, false, files);
    }

    private static Deletion deleted(SealedSpool spool) {
        return new Deletion(Spools.HOST, "--keep 2w", Spools.BOOT, 1, 1, 70, 70_000, 1, 2, spool.files().stream().map(SegmentFile::path)
                .toList(), 1);
    }

    /// By the child: its exit status, and what it says.
    private String seal(long spool) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.add("-XX:+UnlockDiagnosticVMOptions");
        command.addAll(recorderFlags());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), Seal.class.getName(),
                dir.toString(), Long.toString(spool)));
        Process seal = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(seal.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return seal.waitFor() + ": " + said.strip();
    }

    /// The child.
    static final class Seal {
        public static void main(String[] words) throws IOException {
            Recording recording = new Recording(Path.of(words[0]));
            Path spool = recording.spool(Spools.HOST, Long.parseLong(words[1]));
            System.out.println(new Sealer(recording, Access.own()).seal(spool, Spools.HOST).rows() + " rows");
        }
    }

    private static List<String> recorderFlags() throws IOException {
        Matcher flags = Pattern.compile("^recorder_jvm=\\((.*)\\)$", Pattern.MULTILINE).matcher(Files.readString(PROGRAMS));
        assertTrue(flags.find());
        return List.of(flags.group(1).split(" "));
    }

    private static long write(Load load, Path path) throws IOException {
        Random random = new Random(load.ordinal());
        List<RecordLayout> layouts = load == Load.LONG_ARGUMENTS ? List.of(Layouts.EXEC)
                : List.of(Layouts.EXIT, Layouts.EXEC, Layouts.FORK, Layouts.SIGNAL, Layouts.CGROUP_NAME);
        int most = load == Load.LONG_ARGUMENTS ? 2048 : 64;
        long seq = 1;
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(load == Load.TWO_CLAIMS ? "live" : "group_dead",
                layouts.toArray(RecordLayout[]::new)))) {
            while (spool.bytes() < load.bytes) {
                Raw frame = new Raw();
                // Values that are few at first have a dictionary, which then fills up.
                long values = load == Load.ALIKE_AT_FIRST && seq < 70_000 ? 100 : Long.MAX_VALUE;
                for (int r = 0, bytes = 0; bytes < FRAME_BYTES; r++) {
                    RecordLayout layout = load == Load.TWO_CLAIMS ? Layouts.EXIT : layouts.get(r % layouts.size());
                    byte[] record = record(layout, random, values, most, seq + r);
                    bytes += record.length;
                    if (layout.equals(Layouts.CGROUP_NAME)) {
                        frame.name(record);
                    } else {
                        frame.row(record);
                    }
                }
                Spools.append(spool, seq, frame);
                seq += frame.rows();
            }
        }
        return seq - 1;
    }

    private static byte[] record(RecordLayout layout, Random random, long values, int most, long n) {
        Raw.Struct struct = Raw.struct(layout, tableOf(layout), 0, n, Spools.CLOCK.bootNs() + n * 1000);
        List<byte[]> parts = new ArrayList<>();
        int end = layout.size();
        for (Field field : layout.fields().subList(4, layout.fields().size())) {
            Matcher part = PART.matcher(field.name());
            if (part.matches()) {
                if (part.group(2).equals("offset")) {
                    struct.set(field.name(), end);
                    parts.add(text(random, values, most));
                    end += parts.getLast().length;
                } else {
                    struct.set(field.name(), parts.getLast().length);
                }
            } else if (field.size() > 8) {
                struct.set(field.name(), text(random, values, field.size()));
            } else {
                struct.set(field.name(), random.nextLong(values) * 0x9E3779B97F4A7C15L);
            }
        }
        byte[] record = new byte[end];
        System.arraycopy(struct.bytes(), 0, record, 0, layout.size());
        int at = layout.size();
        for (byte[] part : parts) {
            System.arraycopy(part, 0, record, at, part.length);
            at += part.length;
        }
        return record;
    }

    private static int tableOf(RecordLayout layout) {
        return layout.equals(Layouts.CGROUP_NAME) ? Table.CGROUP_NAMES
                : (layout.equals(Layouts.EXIT) ? Table.EXITS : layout.equals(Layouts.EXEC) ? Table.EXECS
                        : layout.equals(Layouts.FORK) ? Table.FORKS : Table.SIGNALS).number();
    }

    private static byte[] text(Random random, long values, int length) {
        byte[] text = new byte[length];
        new Random(random.nextLong(values)).nextBytes(text);
        return text;
    }
}
