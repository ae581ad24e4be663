package exitbox.schemas.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import exitbox.schemas.Layouts;
import exitbox.schemas.Raw;
import exitbox.schemas.Rows;
import exitbox.schemas.Spools;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.SpoolFormat;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolReader;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever stands in frames whose checksum holds, decoding ends and accounts for every seq once.
class DecoderFuzzTest {
    private static final int ROUNDS = 150;
    private static final RecordLayout[] LAYOUTS = Layouts.ALL.toArray(RecordLayout[]::new);

    @TempDir
    Path dir;

    @Test
    void framesOfNoise() throws IOException {
        fuzz(random -> {
            byte[] noise = new byte[8 * random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        });
    }

    @Test
    void recordsWithWordsTwisted() throws IOException {
        fuzz(random -> {
            Raw raw = new Raw();
            for (int i = random.nextInt(30); i >= 0; i--) {
                RecordLayout layout = LAYOUTS[random.nextInt(LAYOUTS.length)];
                int table = new int[]{1, 2, 3, 4, 5, 6, 7, 8, 10, 13}[Arrays.asList(LAYOUTS).indexOf(layout)];
                byte[] struct =
                        Raw.struct(layout, random.nextInt(8) == 0 ? random.nextInt(20) - 2 : table, 0, 0, random.nextLong()).bytes();
                if (layout == Layouts.CGROUP_NAME) {
                    random.nextBytes(struct);
                    ByteBuffer.wrap(struct).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 13).putInt(32, random.nextInt(60)).putInt(36,
                            random.nextInt(60));
                }
                if (layout == Layouts.EXEC || layout == Layouts.TASK) {
                    struct = withParts(struct, layout, random);
                }
                raw.record(struct, random.nextInt(10) == 0 ? random.nextInt() >> random.nextInt(32) : struct.length);
            }
            byte[] bytes = raw.bytes().array();
            for (int flips = random.nextInt(4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            return bytes;
        });
    }

    /// Puts parts behind a struct, some of them where they do not lie.
    private static byte[] withParts(byte[] struct, RecordLayout layout, Random random) {
        byte[] record = Arrays.copyOf(struct, struct.length + random.nextInt(300));
        for (int i = struct.length; i < record.length; i++) {
            record[i] = (byte) (random.nextInt(4) == 0 ? 0 : random.nextInt());
        }
        ByteBuffer bytes = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN);
        for (String part : List.of("filename", "exe", "cwd", "argv")) {
            if (layout.find(part + "_offset") != null) {
                bytes.putInt(layout.field(part + "_offset").offset(), random.nextInt(record.length + 1));
                bytes.putInt(layout.field(part + "_length").offset(), random.nextInt(200) - 2);
            }
        }
        return record;
    }

    @Test
    void rowsOfUserSpaceTwisted() throws IOException {
        String[] values = {"1", "-1", "\"x\"", "null", "[]", "[1,\"x\",null]", "{}", "1e400", "9223372036854775807", "9223372036854775808",
            "true", ""};
        String[] names =
                {"count", "seq", "host", "boot_ns", "ts", "date", "cpu", "real_ns", "real_boot_ns", "options", "pid", "cause", "event"};
        fuzz(random -> {
            StringBuilder json = new StringBuilder("{");
            for (int i = random.nextInt(5); i >= 0; i--) {
                json.append(json.length() > 1 ? "," : "").append('"').append(names[random.nextInt(names.length)]).append("\":")
                        .append(values[random.nextInt(values.length)]);
            }
            byte[] text = json.append("}").toString().getBytes();
            RecordLayout layout = Layouts.of("row", "table:4 cpu:4 mono_ns:8 boot_ns:8 json:" + text.length);
            return new Raw().row(Raw.struct(layout, 1 + random.nextInt(13), 0, random.nextLong(), random.nextLong()).set("json", text))
                    .bytes().array();
        });
    }

    private interface Payload {
        byte[] of(Random random);
    }

    private void fuzz(Payload payload) throws IOException {
        Path path = dir.resolve("000001.spool");
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            Files.deleteIfExists(path);
            SpoolHeader header = Spools.header(random.nextBoolean() ? "live" : "group_dead", LAYOUTS);
            long seq = 1;
            try (SpoolWriter spool = SpoolWriter.create(path, header)) {
                for (int frame = random.nextInt(5); frame >= 0; frame--) {
                    byte[] bytes = payload.of(random);
                    int rows = random.nextInt(bytes.length / 8 + 1);
                    spool.append(random.nextInt(3) - 1, rows, random.nextLong(), random.nextLong(), seq, ByteBuffer.wrap(bytes));
                    seq += rows;
                }
            }
            Rows rows = new Rows();
            SpoolDecoder.decode(path, new CgroupNames(), rows);
            if (seq > 1) {
                UndecodableTest.assertAllAccounted(rows, 1, seq - 1);
            } else {
                assertEquals(Map.of(), rows.all(), "seed " + seed);
            }
        }
    }

    @Test
    void headersTwisted() throws IOException {
        Path path = dir.resolve("000001.spool");
        SpoolWriter.create(path, Spools.header("live", LAYOUTS)).close();
        byte[] good = Files.readAllBytes(path);
        byte[] frame = Spools.frame(0, 2, 1,
                new Raw().row(new byte[Layouts.EXIT.size()]).row(Raw.struct(Layouts.EXIT, 1, 0, 0, 1)).bytes().array());
        String json = new String(good, SpoolFormat.FILE_PREFIX, good.length - SpoolFormat.FILE_PREFIX);
        int read = 0;
        for (int seed = 0; seed < 800; seed++) {
            Random random = new Random(seed);
            char[] twisted = json.toCharArray();
            for (int i = random.nextInt(3); i >= 0; i--) {
                twisted[random.nextInt(twisted.length)] = "0123456789{}[],:\"-abe".charAt(random.nextInt(21));
            }
            Files.write(path, Spools.concat(Spools.file(new String(twisted)), frame));
            Rows rows = new Rows();
            try {
                SpoolReader.open(path).close();
            } catch (IOException refused) {
                continue;
            }
            SpoolDecoder.decode(path, new CgroupNames(), rows);
            UndecodableTest.assertAllAccounted(rows, 1, 2);
            read++;
        }
        assertTrue(read > 50, read + " of the twisted headers are still headers");
    }
}
