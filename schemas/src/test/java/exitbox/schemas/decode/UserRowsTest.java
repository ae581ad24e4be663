package exitbox.schemas.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.Rows;
import exitbox.schemas.Spools;
import exitbox.schemas.contract.Table;
import exitbox.schemas.spool.SpoolWriter;
import exitbox.schemas.text.Escape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rows made in user space are JSON, which has text only: bytes stand there in their printable form.
class UserRowsTest {
    private static final byte[] BYTES = {'a', 0, -1, '\\', (byte) 0xc3, 10};

    @TempDir
    private Path dir;

    @Test
    void haveAnyBytes() throws IOException {
        Path path = dir.resolve("000001.spool");
        try (SpoolWriter spool = SpoolWriter.create(path, Spools.header())) {
            spool.appendRow(Table.EXECS, 1, 1, 1,
                    Map.of("pid", 7L, "exe_raw", Escape.escape(BYTES), "argv", List.of("x", Escape.escape(BYTES))));
        }
        Rows rows = Rows.of(path);
        String text = new String(BYTES, StandardCharsets.ISO_8859_1);
        assertEquals(text, rows.row(Table.EXECS).get("exe_raw"));
        assertEquals(List.of("x", text), rows.row(Table.EXECS).get("argv"));
    }
}
