package exitbox.schemas.catalog;

import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// A segment as the catalog names it. `path` is relative to the recording's folder and has slashes;
/// `firstMicros` and `lastMicros` are the smallest and largest `ts`.
public record SegmentFile(Table table, String path, long rows, long bytes, long firstSeq, long lastSeq, long firstBootNs, long lastBootNs,
        long firstMicros, long lastMicros, String sha256) {

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("table", table.sqlName());
        json.put("path", path);
        json.put("rows", rows);
        json.put("bytes", bytes);
        json.put("first_seq", firstSeq);
        json.put("last_seq", lastSeq);
        json.put("first_boot_ns", firstBootNs);
        json.put("last_boot_ns", lastBootNs);
        json.put("first_ts_us", firstMicros);
        json.put("last_ts_us", lastMicros);
        json.put("sha256", sha256);
        return json;
    }

    /// Null when the table is unknown: a newer version's.
    static SegmentFile ofJson(Map<?, ?> json) throws IOException {
        String name = CatalogEntry.text(json, "table");
        String path = CatalogEntry.text(json, "path");
        if (!Path.of(below(path)).startsWith(name)) {
            throw new IOException("a path that leads out of its table's folder: " + path);
        }
        long rows = (Long) json.get("rows");
        long bytes = (Long) json.get("bytes");
        if (rows < 0 || bytes < 0) {
            throw new IOException(path + " has " + rows + " rows and " + bytes + " bytes");
        }
        Table table = Table.ofName(name);
        return table == null
                ? null
                : new SegmentFile(table, path, rows, bytes, (Long) json.get("first_seq"), (Long) json.get("last_seq"),
                        (Long) json.get("first_boot_ns"), (Long) json.get("last_boot_ns"), (Long) json.get("first_ts_us"),
                        (Long) json.get("last_ts_us"), CatalogEntry.text(json, "sha256"));
    }

    /// The same path, if it leads to a file below a folder of the recording; else an [IOException].
    static String below(String path) throws IOException {
        Path parsed = Path.of(path);
        if (parsed.isAbsolute() || !parsed.equals(parsed.normalize()) || parsed.getNameCount() < 2 || parsed.startsWith("..")) {
            throw new IOException("a path that leads out of its table's folder: " + path);
        }
        return path;
    }
}
