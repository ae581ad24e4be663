package exitbox.schemas.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.DuckDb;
import exitbox.schemas.Layouts;
import exitbox.schemas.Raw;
import exitbox.schemas.Rows;
import exitbox.schemas.Spools;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.SegmentWriter;
import exitbox.schemas.spool.SpoolWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The variable parts of records: paths and arguments. One that lies outside of its record makes a gap, no row.
class PartsTest {
    @TempDir
    Path dir;

    @Test
    void argumentsAreAListOfBytesAndALineForAShell() throws IOException {
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("ls\0-l\0/tmp/a,b:c=d@e%f+g\0", "ls -l /tmp/a,b:c=d@e%f+g");
        lines.put("sh\0-c\0exit 3; # x\0", "sh -c 'exit 3; # x'");
        lines.put("a\0\0b\0", "a '' b");
        lines.put("echo\0it's\0", "echo \"it's\"");
        lines.put("echo\0it's $5\0", "echo 'it'\\\\''s $5'");
        lines.put("a\0~\0*\0{a}\0x&y\0", "a '~' '*' '{a}' 'x&y'");
        lines.put("awk\0\\n\t\0", "awk '\\\\n\\x09'");
        lines.put("a\0r\u00fcck\u202e\0", "a r\u00fcck\\xe2\\x80\\xae");
        lines.put("\0", "''");
        lines.put("", "");
        lines.put("cut\0off", "cut off");
        Raw raw = new Raw();
        lines.keySet().forEach(argv -> raw.row(exec(argv, argv.getBytes(StandardCharsets.UTF_8).length)));
        Rows rows = decode(raw);
        assertEquals(List.copyOf(lines.values()), rows.column(Table.EXECS, "cmdline"));
        assertEquals(List.of("ls", "-l", "/tmp/a,b:c=d@e%f+g"), rows.table(Table.EXECS).get(0).get("argv"));
        assertEquals(List.of("a", "", "b"), rows.table(Table.EXECS).get(2).get("argv"));
        assertEquals(List.of(List.of(""), List.of(), List.of("cut", "off")),
                rows.column(Table.EXECS, "argv").subList(8, 11));
        assertEquals("awk \\n\t", String.join(" ", strings(rows.table(Table.EXECS).get(6).get("argv"))), "byte for byte");
    }

    @Test
    void whatWasCutOffOrNotKeptIsSaid() throws IOException {
        Raw raw = new Raw().row(exec("a\0b\0", 4)).row(exec("a\0b", 90)).row(exec("", 90)).row(exec("", 0)).row(exec("a\0", -1))
                .row(exec(null, 90)).row(exec(null, -1));
        Rows rows = decode(raw);
        assertEquals(Arrays.asList(false, true, true, false, null, null, null), rows.column(Table.EXECS, "argv_truncated"));
        assertEquals(Arrays.asList(List.of("a", "b"), List.of("a", "b"), null, List.of(), List.of("a"), null, null),
                rows.column(Table.EXECS, "argv"));
        assertEquals(Arrays.asList("a b", "a b", null, "", "a", null, null), rows.column(Table.EXECS, "cmdline"));
    }

    @Test
    void aTitleOverTheArgumentsIsNotFollowedByTheEmptyRoomBehindIt() throws IOException {
        byte[] argv = "nginx: worker\0\0\0\0".getBytes(StandardCharsets.UTF_8);
        Raw.Struct task = Raw.struct(Layouts.TASK, 8, 0, 0, Spools.CLOCK.bootNs()).set("exe_length", -1).set("cwd_length", -1)
                .set("argv_offset", Layouts.TASK.size()).set("argv_length", argv.length).set("args_bytes", argv.length);
        Map<String, Object> row = decode(new Raw().row(Spools.concat(task.bytes(), argv))).row(Table.TASKS);
        assertEquals("'nginx: worker'", row.get("cmdline"));
        assertEquals(List.of("nginx: worker", "", "", ""), row.get("argv"));
        assertEquals(Arrays.asList(null, null), Arrays.asList(row.get("exe"), row.get("cwd")));
    }

    @Test
    void pathsAreTextBesideTheirBytes() throws IOException {
        Map<String, Object> row = decode(new Raw().row(exec("x\0", 2))).row(Table.EXECS);
        assertEquals(List.of("./filename\\x1b", "./filename\u001b", "/bin/exe", "/bin/exe", "/", "/"), List.of(row.get("filename"),
                row.get("filename_raw"), row.get("exe"), row.get("exe_raw"), row.get("cwd"), row.get("cwd_raw")));
    }

    @Test
    void aPartOutsideOfItsRecordIsAGap() throws IOException {
        byte[] good = exec("x\0y\0", 4);
        int end = good.length;
        int[][] places = {{-1, 4}, {0, -2}, {end, 1}, {end - 3, 4}, {Integer.MAX_VALUE, 4}, {Integer.MIN_VALUE, Integer.MIN_VALUE},
            {4, Integer.MAX_VALUE}};
        Raw raw = new Raw();
        List<String> want = new ArrayList<>();
        long seq = 7;
        for (String part : List.of("filename", "exe", "cwd", "argv")) {
            for (int[] place : places) {
                byte[] record = good.clone();
                ByteBuffer bytes = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
                bytes.putInt(Layouts.EXEC.field(part + "_offset").offset(), place[0]);
                bytes.putInt(Layouts.EXEC.field(part + "_length").offset(), place[1]);
                raw.row(record);
                want.add(seq++ + " a record whose " + part + " lies outside of it");
            }
        }
        raw.row(Arrays.copyOf(good, Layouts.EXEC.size() - 1));
        want.add(seq + " a record of " + (Layouts.EXEC.size() - 1) + " bytes instead of " + Layouts.EXEC.size() + " or more");
        raw.row(good);
        Rows rows = decode(raw);
        assertEquals(want, rows.table(Table.GAPS).stream().map(gap -> gap.get("seq") + " " + gap.get("detail")).toList());
        assertEquals(List.of("execs"), rows.column(Table.GAPS, "table_name").stream().distinct().toList());
        assertEquals("x y", rows.row(Table.EXECS).get("cmdline"));
    }

    @Test
    void manyAndLongArgumentsReachAFileWhole() throws Exception {
        Raw raw = new Raw();
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            many.append("argument-").append(i).append('\0');
        }
        String longOne = "x".repeat(128 << 10) + "\0";
        for (int i = 0; i < 40; i++) {
            raw.row(exec(many.toString(), 0)).row(exec(longOne, 0)).row(exec("small " + i + "\0", 0)).row(exec(null, 0));
        }
        Path spool = spool(raw);
        Path file = dir.resolve("execs.parquet");
        try (SegmentWriter writer = new SegmentWriter(file, Contract.get().table(Table.EXECS))) {
            SpoolDecoder.decode(spool, new CgroupNames(), writer::write);
            writer.finish(Map.of());
        }
        try (DuckDb duck = new DuckDb()) {
            String from = " FROM '" + file + "' ";
            assertEquals(List.of("160"), duck.rows("SELECT count(*)" + from));
            assertEquals(List.of("40"), duck.rows("SELECT count(*)" + from
                    + "WHERE len(argv) = 3000 AND argv[1]::VARCHAR = 'argument-0' AND argv[3000]::VARCHAR = 'argument-2999'"));
            assertEquals(List.of("40"),
                    duck.rows("SELECT count(*)" + from + "WHERE octet_length(argv[1]) = 131072 AND len(cmdline) = 131072"));
            assertEquals(List.of("40"), duck.rows("SELECT count(DISTINCT cmdline)" + from + "WHERE argv[1]::VARCHAR LIKE 'small %'"));
            assertEquals(List.of("40"), duck.rows("SELECT count(*)" + from + "WHERE argv IS NULL AND cmdline IS NULL"));
        }
    }

    @Test
    void theSameAgainIsTheSameObject() throws IOException {
        Raw raw = new Raw();
        for (int i = 0; i < 3000; i++) {
            raw.row(exec("program\0-n\0" + i % 3 + "\0", 0));
        }
        List<byte[]> lines = new ArrayList<>();
        SpoolDecoder.decode(spool(raw), new CgroupNames(), batch -> {
            var cmdlines = (exitbox.schemas.rows.Vector.Bytes) batch.columns()[batch.table().indexOf("cmdline")];
            lines.addAll(Arrays.asList(cmdlines.values()).subList(0, batch.rows()));
        });
        assertEquals(3000, lines.size());
        assertTrue(lines.get(0) == lines.get(2997), "or a storm would take the memory of each of its lines");
    }

    @SuppressWarnings("unchecked")
    private static List<String> strings(Object list) {
        return (List<String>) list;
    }

    /// An exec's record with these arguments (null: not known), which were so long in all.
    private static byte[] exec(String argv, long argsBytes) {
        ByteArrayOutputStream parts = new ByteArrayOutputStream();
        Raw.Struct record = Raw.struct(Layouts.EXEC, 3, 0, 0, Spools.CLOCK.bootNs()).set("args_bytes", argsBytes);
        Map<String, String> values = new LinkedHashMap<>();
        values.put("filename", "./filename\u001b");
        values.put("exe", "/bin/exe");
        values.put("cwd", "/");
        values.put("argv", argv);
        values.forEach((part, value) -> {
            byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
            record.set(part + "_offset", Layouts.EXEC.size() + parts.size()).set(part + "_length", bytes == null ? -1 : bytes.length);
            if (bytes != null) {
                parts.writeBytes(bytes);
            }
        });
        return Spools.concat(record.bytes(), parts.toByteArray());
    }

    private Path spool(Raw raw) throws IOException {
        Path path = dir.resolve("000001.spool");
        Files.deleteIfExists(path);
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header(Layouts.EXEC, Layouts.TASK))) {
            Spools.append(spool, 7, raw);
        }
        return path;
    }

    private Rows decode(Raw raw) throws IOException {
        return Rows.of(spool(raw));
    }
}
