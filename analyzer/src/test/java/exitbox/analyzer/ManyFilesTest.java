package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Recordings of so many segments that their columns are not united by name at first, of one version and of several.
class ManyFilesTest {
    private static final int FILES = 70;

    @TempDir
    Path folder;

    /// A host without a catalog: its files are taken as they are. File `older` lacks a column.
    private void write(int older) throws Exception {
        Path day = folder.resolve("exits/host=web1/date=2026-11-20");
        Files.createDirectories(day);
        Files.createDirectories(folder.resolve("catalog"));
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = connection.createStatement()) {
            statement.execute(Contract.get().table(Table.EXITS).ddl());
            statement.execute("INSERT INTO exits (host, boot_id, seq, ts, pid, kthread) VALUES ('web1', 'b', 1, now(), 42, true)");
            for (int i = 0; i < FILES; i++) {
                String columns = i == older ? "* EXCLUDE (kthread)" : "*";
                statement.execute(
                        "COPY (SELECT " + columns + " FROM exits) TO '" + day.resolve(String.format("20261120T000000Z-%06d.parquet", i))
                                + "' (FORMAT parquet)");
            }
        }
    }

    private String answer() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(new byte[0]), out, new ByteArrayOutputStream(), false, false, true, 100,
                ZoneOffset.UTC,
                Clock.systemUTC(), Map.of(), folder);
        Main.run(console, "sql", "-d", ".", "--format", "csv", "SELECT count(*), count(kthread), sum(pid) FROM exits");
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void ofOneVersion() throws Exception {
        write(-1);
        assertEquals("count_star(),count(kthread),sum(pid)\n70,70,2940\n", answer());
    }

    @Test
    void withAnOlderOneFirst() throws Exception {
        write(0);
        assertEquals("count_star(),count(kthread),sum(pid)\n70,69,2940\n", answer());
    }

    @Test
    void withAnOlderOneAmongThem() throws Exception {
        write(50);
        assertEquals("count_star(),count(kthread),sum(pid)\n70,69,2940\n", answer());
    }
}
