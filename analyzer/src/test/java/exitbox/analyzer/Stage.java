package exitbox.analyzer;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;

/// Where a golden's cases are played: a folder of their own, and surroundings that are the same everywhere.
///
///     recording [NAME]    followed by the text of a recording (RecordingText); NAME is exitbox-recording unless given
///     exitbox ARG…        a command; lines after it are its standard input
///     set KEY=VALUE…      zone, width, height, now, booted (when this machine, web1, booted), terminal, or a variable of the environment, from here on
///     cat FILE            what a command wrote
///     open FILE           the same for Parquet and Arrow: columns and rows
final class Stage implements AutoCloseable {
    private final Path folder;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private ZoneId zone = ZoneOffset.UTC;
    private Instant now = Instant.parse("2026-11-20T08:00:00Z");
    private int width = 100;
    private int height;
    private boolean terminal;
    private String bootId = "";

    Stage() throws IOException {
        folder = Files.createTempDirectory("exitbox-golden").toRealPath();
    }

    String run(List<String> input) throws Exception {
        List<String> words = Words.split(input.getFirst());
        List<String> rest = input.subList(1, input.size());
        String output = switch (words.getFirst()) {
            case "recording" -> {
                RecordingText.write(folder.resolve(words.size() > 1 ? words.get(1) : "exitbox-recording"), rest);
                yield "";
            }
            case "exitbox" -> exitbox(words.subList(1, words.size()), String.join("\n", rest));
            case "set" -> {
                words.subList(1, words.size()).forEach(this::set);
                yield "";
            }
            case "file" -> {
                Files.writeString(folder.resolve(words.get(1)), String.join("\n", rest) + "\n");
                yield "";
            }
            case "cat" -> Files.readString(folder.resolve(words.get(1)));
            case "open" -> open(folder.resolve(words.get(1)));
            default -> throw new IllegalArgumentException("no such directive: " + words.getFirst());
        };
        return output.isEmpty() || output.endsWith("\n") ? output : output + "(no line end)\n";
    }

    private String exitbox(List<String> args, String stdin) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)), out, err, terminal, terminal,
                stdin.isEmpty(), width, height, zone, Clock.fixed(now, ZoneOffset.UTC), bootId, environment, folder);
        int status = Main.run(console, args.toArray(String[]::new));
        StringBuilder text = new StringBuilder(out.toString(StandardCharsets.UTF_8));
        if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
            text.append("(no line end)\n");
        }
        err.toString(StandardCharsets.UTF_8).lines().forEach(line -> text.append("[err] ").append(line).append('\n'));
        if (status != 0) {
            text.append("[status ").append(status).append("]\n");
        }
        String said = text.toString();
        // What a process had used is a part of its story; how well segments compress is none.
        return (args.contains("why") ? said : sizesMasked(said)).replace(folder + "/", "").replace("\u001b", "␛").replace(" \n", "·\n");
    }

    private static String sizesMasked(String text) {
        return text.replaceAll("[0-9.]+ ([KM]iB|bytes)", "N $1").replaceAll("bytes\":[0-9]+", "bytes\":N").replaceAll("instead of [0-9]+",
                "instead of N");
    }

    private void set(String assignment) {
        int equals = assignment.indexOf('=');
        String value = assignment.substring(equals + 1);
        switch (assignment.substring(0, equals)) {
            case "zone" -> zone = ZoneId.of(value);
            case "now" -> now = Instant.parse(value);
            case "height" -> height = Integer.parseInt(value);
            case "width" -> width = Integer.parseInt(value);
            case "booted" -> bootId = RecordingText.bootId("web1", Instant.parse(value));
            case "terminal" -> terminal = Boolean.parseBoolean(value);
            case String name -> environment.put(name, value);
        }
    }

    private static String open(Path file) throws Exception {
        StringBuilder text = new StringBuilder();
        if (file.toString().endsWith(".arrow")) {
            try (BufferAllocator allocator = new RootAllocator();
                    ArrowStreamReader reader = new ArrowStreamReader(Files.newInputStream(file), allocator)) {
                reader.getVectorSchemaRoot().getSchema().getFields().forEach(field -> text.append(field).append('\n'));
                while (reader.loadNextBatch()) {
                    text.append(reader.getVectorSchemaRoot().contentToTSVString());
                }
            }
            return text.toString();
        }
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = connection.createStatement()) {
            for (String sql : List.of("SELECT column_name, column_type FROM (DESCRIBE FROM '" + file + "')", "FROM '" + file + "'")) {
                try (ResultSet rows = statement.executeQuery(sql)) {
                    while (rows.next()) {
                        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                            text.append(i == 1 ? "" : " | ").append(rows.getString(i));
                        }
                        text.append('\n');
                    }
                }
            }
        }
        return text.toString();
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
