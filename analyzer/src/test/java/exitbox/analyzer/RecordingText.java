package exitbox.analyzer;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Deleter;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Column;
import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.Table;
import exitbox.schemas.contract.TableContract;
import exitbox.schemas.contract.Type;
import exitbox.schemas.segment.Sealer;
import exitbox.schemas.sign.SealKey;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolWriter;
import exitbox.schemas.text.CommandLine;
import exitbox.schemas.text.Escape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Makes a recording of a text that a reader understands. Rows go into real spools, and are sealed by what the
/// recorder seals with; so the text is typed by the contract, and an unknown column is an error.
///
///     host web1                                   the rows that follow are this machine's
///     boot 2026-11-20T00:00:00Z                   they are of the boot that began then; the day times below count from
///     exits 03:12:00.5 pid=42 comm="a b" status=9 age=1.5s
///     repeat 60 1s heartbeats 03:12:00            a row 60 times, a second apart; with pid=42+ each has a pid of its own
///     asleep 3600s                                the machine was suspended: from here on the monotonic clock is behind by that much
///     clock_steps 03:30:00 kind=set step=-3600s   the clock is set: rows that follow have other times, as written less an hour
///     seal                                        the rows so far become segments
///     spool                                       the rows so far stay in an open spool, as at the text's end
///     older exits tty,cgroup                      the segment of that table that was sealed last gets the look of an older version: these columns lack
///     skip 3                                      three rows are missing here: their numbers are given to none
///     key FILE                                    from here on lines of the catalog are signed with the key in FILE, beside the recording
///     delete --keep-size 1G: 1 2                  what spools 1 and 2 became is deleted, and the catalog says so
///     damage exits truncate                       something happens to the segment of that table that was made last
///
///     forks 03:12:00 pid=42 ppid=1                a process begins; what later rows need not repeat says [Lives]
///     execs 03:12:00 pid=42 cmdline="sh -c 'a b'"  arguments as for a shell; \xNN is a byte, 3000×-x a word so many times, cmdline= no argument
///
/// Times are of UTC; `24:00` and more are of the next day. What follows from other columns (boot_ns, start times by `age`,
/// code and signal by `status`, comm_raw by comm) need not be written.
final class RecordingText {
    private final Path folder;
    private final Map<String, Long> numbers = new LinkedHashMap<>();
    private final Map<String, Long> seqs = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private String host = "web1";
    private Instant boot = Instant.parse("2026-11-20T00:00:00Z");
    private Lives lives = new Lives();
    private long asleepNs;
    // How far the machine's clock is off what is written, since it was set.
    private long offsetNs;
    private long spoolOffsetNs;
    private long skipped;
    private Path keyFile;

    private record Row(Table table, Instant at, long monoNs, long bootNs, long skipped, Map<String, Object> values) {}

    private RecordingText(Path folder) {
        this.folder = folder;
    }

    /// Writes the recording that the text tells of into a folder, behind what is there already.
    static void write(Path folder, List<String> lines) throws IOException {
        RecordingText text = new RecordingText(folder);
        Files.createDirectories(folder);
        for (String line : lines) {
            if (!line.isBlank() && !line.startsWith("#")) {
                text.take(line.strip());
            }
        }
        text.close(false);
    }

    private void take(String line) throws IOException {
        List<String> words = Words.split(line);
        switch (words.getFirst()) {
            case "host" -> {
                close(false);
                host = words.get(1);
                lives = new Lives();
            }
            case "boot" -> {
                close(false);
                boot = Instant.parse(words.get(1));
                lives = new Lives();
                asleepNs = 0;
                offsetNs = 0;
                spoolOffsetNs = 0;
            }
            case "skip" -> skipped += Long.parseLong(words.get(1));
            case "asleep" -> asleepNs += nanos(words.get(1));
            case "seal" -> close(true);
            case "spool" -> close(false);
            case "older" -> OlderSegment.write(new Recording(folder), host, Table.ofName(words.get(1)), words.get(2));
            case "key" -> keyFile = folder.resolveSibling(words.get(1));
            case "delete" -> delete(line.substring("delete ".length()));
            case "damage" -> damage(words.get(1), words.get(2));
            case "repeat" -> {
                for (int i = 0; i < Integer.parseInt(words.get(1)); i++) {
                    row(words.subList(3, words.size()), nanos(words.get(2)) * i, i);
                }
                // Among the rows of the text they stand at their times.
                rows.sort(Comparator.comparing(Row::bootNs));
            }
            default -> row(words, 0, 0);
        }
    }

    private void row(List<String> words, long laterNs, int pidOffset) {
        Table table = Table.ofName(words.getFirst());
        if (table == null) {
            throw new IllegalArgumentException("no such table or word: " + words.getFirst());
        }
        Instant at = time(words.get(1)).plusNanos(laterNs);
        long bootNs = Duration.between(boot, at).toNanos();
        Map<String, Object> values = new LinkedHashMap<>();
        for (String word : words.subList(2, words.size())) {
            int equals = word.indexOf('=');
            String text = word.substring(equals + 1);
            boolean counted = word.startsWith("pid=") && text.endsWith("+");
            value(Contract.get().table(table), values, word.substring(0, equals),
                    counted ? Integer.toString(Integer.parseInt(text.substring(0, text.length() - 1)) + pidOffset) : text, bootNs);
        }
        if (table == Table.EXITS) {
            complete(values);
        }
        lives.complete(table, values, bootNs, bootNs - asleepNs);
        rows.add(new Row(table, at, bootNs - asleepNs, bootNs, skipped, values));
        skipped = 0;
    }

    private void value(TableContract table, Map<String, Object> values, String name, String text, long bootNs) {
        if (name.equals("age")) {
            long nanos = nanos(text);
            values.put("start_boot_ns", bootNs - nanos);
            values.put("start_mono_ns", bootNs - asleepNs - nanos);
            return;
        }
        if (name.equals("step")) {
            long step = nanos(text);
            offsetNs += "set".equals(values.get("kind")) ? step : 0;
            values.put("step_ns", step);
            values.put("real_ns", boot.getEpochSecond() * 1_000_000_000L + bootNs + offsetNs);
            values.put("real_boot_ns", bootNs);
            return;
        }
        // Times of other events, written as times of day.
        if (name.endsWith("boot_ns") && text.contains(":")) {
            values.put(name, Duration.between(boot, time(text)).toNanos());
            return;
        }
        if (name.equals("cmdline") && !text.equals("NULL")) {
            arguments(table, values, text);
            return;
        }
        int index = table.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("table " + table.table().sqlName() + " has no column " + name);
        }
        Column column = table.columns().get(index);
        if (column.list()) {
            List<Object> elements = new ArrayList<>();
            for (String element : text.isEmpty() ? new String[0] : text.split(",")) {
                elements.add(typed(column.type(), element));
            }
            values.put(name, elements);
        } else {
            values.put(name, text.equals("NULL") ? null : typed(column.type(), text));
        }
        if (table.indexOf(name + "_raw") >= 0 && values.get(name) != null) {
            // The text has the printable form, of which the bytes are made.
            values.put(name, Escape.escape(Escape.unescape(text)));
            values.put(name + "_raw", values.get(name));
        }
    }

    private static void arguments(TableContract table, Map<String, Object> values, String line) {
        List<byte[]> argv = new ArrayList<>();
        for (String word : Words.split(line)) {
            int times = word.indexOf('×');
            argv.addAll(Collections.nCopies(times < 0 ? 1 : Integer.parseInt(word.substring(0, times)),
                    Escape.unescape(word.substring(times + 1))));
        }
        values.put("cmdline", CommandLine.text(argv));
        values.put("argv", argv.stream().map(Escape::escape).toList());
        values.putIfAbsent("argv_truncated", false);
        if (table.indexOf("argc") >= 0) {
            values.putIfAbsent("argc", (long) argv.size());
        }
    }

    private static long nanos(String seconds) {
        return new BigDecimal(seconds.replace("s", "")).movePointRight(9).longValueExact();
    }

    private static Object typed(Type type, String text) {
        return switch (type) {
            case INT32, INT64 -> Long.decode(text);
            case BOOLEAN -> Boolean.valueOf(text);
            case DOUBLE -> Double.valueOf(text);
            case STRING, BINARY -> text;
            case TIMESTAMP -> throw new IllegalArgumentException("times stand behind the table's name");
        };
    }

    private static void complete(Map<String, Object> values) {
        values.putIfAbsent("tid", values.get("pid"));
        if (values.get("status") instanceof Long status) {
            values.putIfAbsent("leader_status", status);
            values.putIfAbsent("core_dumped", (status & 128) != 0);
            values.putIfAbsent((status & 127) == 0 ? "code" : "signal", (status & 127) == 0 ? status >> 8 & 255 : status & 127);
        }
    }

    private Instant time(String text) {
        int colon = text.indexOf(':');
        int hour = Integer.parseInt(text.substring(0, colon));
        LocalTime time = LocalTime.parse(String.format("%02d", hour % 24) + text.substring(colon));
        return boot.atOffset(ZoneOffset.UTC).toLocalDate().atTime(time).toInstant(ZoneOffset.UTC).plus(Duration.ofDays(hour / 24));
    }

    static String bootId(String host, Instant boot) {
        return new java.util.UUID(boot.getEpochSecond(), host.hashCode()).toString();
    }

    private void close(boolean seal) throws IOException {
        if (rows.isEmpty()) {
            return;
        }
        Recording recording = new Recording(folder);
        long number = numbers.merge(host, 1L, Long::sum);
        ClockPair clock = new ClockPair(boot.getEpochSecond() * 1_000_000_000L + spoolOffsetNs, 0, 0);
        spoolOffsetNs = offsetNs;
        SpoolHeader header = new SpoolHeader(host, bootId(host, boot), "run-" + host, "0.1.0", number, "group_dead", clock,
                List.of());
        Files.createDirectories(recording.spoolFolder(host));
        Path spool = recording.spool(host, number);
        try (SpoolWriter writer = SpoolWriter.create(spool, header)) {
            for (Row row : rows) {
                long seq = seqs.merge(host, 1 + row.skipped, Long::sum);
                writer.appendRow(row.table, row.monoNs, row.bootNs, seq, row.values);
            }
        }
        Instant last = rows.getLast().at;
        rows.clear();
        if (seal && keyFile != null) {
            try (SealKey key = SealKey.open(keyFile)) {
                new Sealer(recording, Access.own(), key).seal(spool, host);
            }
        } else if (seal) {
            new Sealer(recording, Access.own()).seal(spool, host);
        } else {
            // Not of today, or the recording would look live.
            Files.setLastModifiedTime(spool, FileTime.from(last));
        }
    }

    private void delete(String line) throws IOException {
        int colon = line.indexOf(": ");
        Set<Long> spools = Stream.of(line.substring(colon + 2).split(" ")).map(Long::valueOf).collect(Collectors.toSet());
        long bootNs = Duration.ofHours(7).toNanos();
        Recording recording = new Recording(folder);
        new Deleter(recording, new CatalogWriter(recording, Access.own(), host, null)).delete(spools, line.substring(0, colon),
                new Deletion.Moment(bootId(host, boot), bootNs, boot.getEpochSecond() * 1_000_000 + bootNs / 1_000));
    }

    private void damage(String what, String how) throws IOException {
        Path file = last(folder.resolve(what));
        if (!file.toString().endsWith(".jsonl")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        }
        FileTime time = Files.getLastModifiedTime(file);
        switch (how) {
            case "empty" -> Files.write(file, new byte[0]);
            case "truncate" -> {
                try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                    bytes.setLength(bytes.length() / 2);
                }
            }
            case "foreign" -> Files.write(file, new byte[(int) Files.size(file)]);
            case "flip" -> {
                // In the first page behind the magic: the footer stays whole.
                try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                    bytes.seek(60);
                    byte[] block = new byte[40];
                    bytes.readFully(block);
                    for (int i = 0; i < block.length; i++) {
                        block[i] ^= 0x55;
                    }
                    bytes.seek(60);
                    bytes.write(block);
                }
            }
            case "bit" -> flip(file, Files.size(file) / 2);
            case "bit-in-last-line" -> flip(file, Files.size(file) - 40);
            case "cut" -> {
                try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                    bytes.setLength(bytes.length() - 5);
                }
            }
            case "last-line-gone" -> {
                List<String> lines = Files.readAllLines(file);
                Files.write(file, lines.subList(0, lines.size() - 1));
            }
            case "second-line-gone" -> {
                List<String> lines = Files.readAllLines(file);
                lines.remove(1);
                Files.write(file, lines);
            }
            case "first-line-again" -> Files.writeString(file, Files.readAllLines(file).getFirst() + "\n", StandardOpenOption.APPEND);
            case "copied" -> {
                Files.copy(file, file.resolveSibling("backup.jsonl"));
                Files.copy(file, file.resolveSibling("host=web1.sync-conflict-1.jsonl"));
            }
            case "swap" -> {
                Path other = lastBut(1, folder.resolve(what));
                Path aside = file.resolveSibling("aside");
                Files.move(file, aside);
                Files.move(other, file);
                Files.move(aside, other);
            }
            case "delete" -> Files.delete(file);
            case "rename" -> Files.move(file, file.resolveSibling("00-renamed.parquet"));
            case "rename-folder" -> Files.move(folder.resolve(what), folder.resolve("old-" + what));
            case "copy" -> Files.copy(file, file.resolveSibling("00-copy.parquet"));
            case "stranger" -> Files.copy(file, file.resolveSibling("20260101T000000Z-000099.parquet"));
            case "undelete" -> {
                String path = Catalog.read(new Recording(folder).catalog(host)).deletions().getLast().paths().getFirst();
                Files.writeString(folder.resolve(path), "not deleted");
            }
            case "tear" -> Files.write(file, ByteBuffer.allocate(13).array(), StandardOpenOption.APPEND);
            default -> throw new IllegalArgumentException("no such damage: " + how);
        }
        if (Files.exists(file)) {
            Files.setLastModifiedTime(file, time);
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int b = bytes.read();
            bytes.seek(at);
            bytes.write(b ^ 0x04);
        }
    }

    private static Path last(Path folder) throws IOException {
        return Files.isRegularFile(folder) ? folder : lastBut(0, folder);
    }

    private static Path lastBut(int count, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> all = files.filter(file -> Files.isRegularFile(file) && !file.getFileName().toString().startsWith(".")
                    && !file.toString().endsWith(".sha256")).sorted()
                    .toList();
            return all.get(all.size() - 1 - count);
        }
    }
}
