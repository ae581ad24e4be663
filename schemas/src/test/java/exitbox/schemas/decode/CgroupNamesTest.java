package exitbox.schemas.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import exitbox.schemas.Layouts;
import exitbox.schemas.Raw;
import exitbox.schemas.Rows;
import exitbox.schemas.Spools;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A death has the path of its cgroup when the kernel named the id, in its spool or in one before it of the same boot.
class CgroupNamesTest {
    // CGROUP_V1 in records.h.
    private static final long V1 = 1L << 62;

    @TempDir
    Path dir;

    @Test
    void pathsByIdOfBothHierarchies() throws IOException {
        Rows rows = new Rows();
        decode(Spools.header(Layouts.EXIT, Layouts.CGROUP_NAME), new CgroupNames(), rows, new Raw().name(name(5, "/user.slice"))
                .name(name(5 | V1, "/v1/\u001bx\\")).row(exit(5)).row(exit(5 | V1)).row(exit(6)).row(exit(-1)));
        assertEquals(Arrays.asList("/user.slice", "/v1/\\x1bx\\\\", null, null),
                rows.table(Table.EXITS).stream().map(row -> row.get("cgroup")).toList());
        assertEquals("/v1/\u001bx\\", rows.table(Table.EXITS).get(1).get("cgroup_raw"));
        assertEquals(List.of(5L, 5L, 6L), rows.column(Table.EXITS, "cgroup_id").subList(0, 3));
        assertEquals(List.of(), rows.table(Table.GAPS), "names take no seq");
        UndecodableTest.assertAllAccounted(rows, 1, 4);
    }

    @Test
    void namesAreCarriedToTheNextSpoolOfTheBootOnly() throws IOException {
        CgroupNames names = new CgroupNames();
        SpoolHeader header = Spools.header(Layouts.EXIT, Layouts.CGROUP_NAME);
        Rows rows = new Rows();
        decode(header, names, rows, new Raw().name(name(5, "/first")).row(exit(5)));
        decode(header, names, rows, new Raw().row(exit(5)));
        SpoolHeader nextBoot =
                new SpoolHeader(header.host(), "another boot", header.runId(), header.version(), 1, header.exitHook(), header.clock(),
                        header.layouts());
        decode(nextBoot, names, rows, new Raw().row(exit(5)));
        assertEquals(Arrays.asList("/first", "/first", null), rows.table(Table.EXITS).stream().map(row -> row.get("cgroup")).toList());
    }

    @Test
    void namesThatLieAboutTheirPlaceAreNoNames() throws IOException {
        Rows rows = new Rows();
        Raw raw = new Raw().name(Arrays.copyOf(Raw.struct(Layouts.CGROUP_NAME, 13, 0, 0, 0).bytes(), 24));
        int[][] places =
                {{-1, 4}, {40, -1}, {40, Integer.MAX_VALUE}, {Integer.MAX_VALUE, 4}, {46, 4}, {Integer.MIN_VALUE, Integer.MIN_VALUE}};
        for (int[] place : places) {
            byte[] record = Arrays.copyOf(Raw.struct(Layouts.CGROUP_NAME, 13, 0, 0, 0).set("cgroup_id", 5).set("path_offset", place[0])
                    .set("path_length", place[1]).bytes(), 48);
            raw.name(record);
        }
        raw.row(exit(5));
        decode(Spools.header(Layouts.EXIT, Layouts.CGROUP_NAME), new CgroupNames(), rows, raw);
        assertNull(rows.row(Table.EXITS).get("cgroup"));
    }

    @Test
    void aSpoolWithoutTheirLayoutHasNoNames() throws IOException {
        Rows rows = new Rows();
        decode(Spools.header(Layouts.EXIT), new CgroupNames(), rows, new Raw().name(name(5, "/first")).row(exit(5)));
        assertNull(rows.row(Table.EXITS).get("cgroup"));
        UndecodableTest.assertAllAccounted(rows, 1, 1);
    }

    @Test
    void theOldestAreForgotten() {
        CgroupNames names = new CgroupNames();
        byte[] path = new byte[4096];
        for (int id = 0; id < 10_000; id++) {
            names.put(id, Name.of(path, 0, path.length));
            names.put(7, Name.of(path, 0, 1));
        }
        assertNull(names.get(0));
        assertNotNull(names.get(9_999));
        assertEquals(1, names.get(7).raw().length, "what is used stays");
    }

    private static byte[] name(long id, String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        int start = Layouts.CGROUP_NAME.size();
        byte[] record = Raw.struct(Layouts.CGROUP_NAME, 13, 0, 0, Spools.CLOCK.bootNs()).set("cgroup_id", id).set("path_offset", start)
                .set("path_length", bytes.length).bytes();
        return Spools.concat(record, bytes);
    }

    private static Raw.Struct exit(long cgroup) {
        return Raw.struct(Layouts.EXIT, 1, 0, 0, Spools.CLOCK.bootNs()).set("cgroup_id", cgroup);
    }

    private void decode(SpoolHeader header, CgroupNames names, Rows rows, Raw raw) throws IOException {
        Path path = dir.resolve(System.nanoTime() + ".spool");
        try (SpoolWriter spool = SpoolWriter.create(path, header)) {
            Spools.append(spool, 1, raw);
        }
        SpoolDecoder.decode(path, names, rows);
    }
}
