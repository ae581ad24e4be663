package exitbox.schemas.catalog;

import exitbox.schemas.contract.Contract;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Segments that were deleted because somebody asked for that. The line stands before the first file goes: a file that it
/// names counts as deleted, there or not.
///
/// @param why what asked for it, as on a command line: `--keep-size 10G`
/// @param bootId the boot in which it was decided
/// @param bootNs when, nanoseconds of that boot's CLOCK_BOOTTIME
/// @param micros when, wall time, microseconds since 1970
/// @param firstMicros the `ts` of the oldest row that went
/// @param lastMicros the `ts` of the newest
/// @param paths the files, relative to the recording's folder; earlier lines of the same catalog tell what they were
public record Deletion(String host, String why, String bootId, long bootNs, long micros, long rows, long bytes, long firstMicros,
        long lastMicros, List<String> paths, long schemaVersion) implements CatalogEntry {

    static final String KIND = "deletion";

    /// When something is decided.
    public record Moment(String bootId, long bootNs, long micros) {
    }

    static Deletion of(String host, String why, Moment at, List<SegmentFile> files) {
        return new Deletion(host, why, at.bootId, at.bootNs, at.micros, files.stream().mapToLong(SegmentFile::rows).sum(),
                files.stream().mapToLong(SegmentFile::bytes).sum(), files.stream().mapToLong(SegmentFile::firstMicros).min().orElse(0),
                files.stream().mapToLong(SegmentFile::lastMicros).max().orElse(0), files.stream().map(SegmentFile::path).toList(),
                Contract.SCHEMA_VERSION);
    }

    /// The same of these files only.
    public Deletion of(List<SegmentFile> files) {
        return of(host, why, new Moment(bootId, bootNs, micros), files);
    }

    @Override
    public Map<String, Object> facts() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(KIND, why);
        json.put("host", host);
        json.put("boot_id", bootId);
        json.put("boot_ns", bootNs);
        json.put("ts_us", micros);
        json.put("rows", rows);
        json.put("bytes", bytes);
        json.put("first_ts_us", firstMicros);
        json.put("last_ts_us", lastMicros);
        json.put(VERSION, schemaVersion);
        json.put("paths", paths);
        return json;
    }

    static Deletion ofFacts(Map<String, Object> json) throws IOException {
        List<String> paths = new ArrayList<>();
        for (Object path : (List<?>) json.get("paths")) {
            paths.add(SegmentFile.below((String) path));
        }
        return new Deletion(CatalogEntry.text(json, "host"), CatalogEntry.text(json, KIND), CatalogEntry.text(json, "boot_id"),
                CatalogEntry.number(json, "boot_ns"), CatalogEntry.number(json, "ts_us"), CatalogEntry.number(json, "rows"),
                CatalogEntry.number(json, "bytes"), CatalogEntry.number(json, "first_ts_us"), CatalogEntry.number(json, "last_ts_us"),
                List.copyOf(paths), (Long) json.getOrDefault(VERSION, 1L));
    }
}
