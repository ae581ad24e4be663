package exitbox.schemas.catalog;

import exitbox.schemas.contract.Contract;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One sealed spool: its number, whose it was, all its files, and what it lost.
///
/// @param number the spool's
/// @param nextSeq the seq that the row after this spool gets
/// @param lostRows events known to be lost in the spool's time, -1 when one loss has no count
/// @param gapRows rows of gaps in the spool
/// @param stopped whether the run ended in this spool, with a stop row
/// @param files the files; tables of a newer version are left out
/// @param sources the files that these were made of, when that was no spool: `exitbox compact` makes few of many
public record SealedSpool(long number, String host, String bootId, String runId, long nextSeq, long lastBootNs, long lostRows, long gapRows,
        boolean stopped, List<SegmentFile> files, long schemaVersion, List<Source> sources) implements CatalogEntry {

    static final String KIND = "spool";

    /// A segment of another recording.
    public record Source(String path, String sha256) {
        Map<String, Object> facts() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("path", path);
            json.put("sha256", sha256);
            return json;
        }
    }

    /// One of this program's own contract.
    public SealedSpool(long number, String host, String bootId, String runId, long nextSeq, long lastBootNs, long lostRows, long gapRows,
            boolean stopped, List<SegmentFile> files) {
        this(number, host, bootId, runId, nextSeq, lastBootNs, lostRows, gapRows, stopped, files, Contract.SCHEMA_VERSION, List.of());
    }

    /// The same with some of its files only.
    public SealedSpool with(List<SegmentFile> some) {
        return new SealedSpool(number, host, bootId, runId, nextSeq, lastBootNs, lostRows, gapRows, stopped, List.copyOf(some),
                schemaVersion, sources);
    }

    /// The same without files that have been deleted.
    SealedSpool without(Set<String> deleted) {
        return files.stream().noneMatch(file -> deleted.contains(file.path())) ? this
                : with(files.stream().filter(file -> !deleted.contains(file.path())).toList());
    }

    @Override
    public Map<String, Object> facts() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(KIND, number);
        json.put("host", host);
        json.put("boot_id", bootId);
        json.put("run_id", runId);
        json.put("next_seq", nextSeq);
        json.put("last_boot_ns", lastBootNs);
        json.put("lost", lostRows);
        json.put("gaps", gapRows);
        json.put("stopped", stopped);
        json.put(VERSION, schemaVersion);
        json.put("files", files.stream().map(SegmentFile::toJson).toList());
        if (!sources.isEmpty()) {
            json.put("sources", sources.stream().map(Source::facts).toList());
        }
        return json;
    }

    static SealedSpool ofFacts(Map<String, Object> json) throws IOException {
        List<SegmentFile> files = new ArrayList<>();
        for (Object file : (List<?>) json.get("files")) {
            SegmentFile segment = SegmentFile.ofJson((Map<?, ?>) file);
            if (segment != null) {
                files.add(segment);
            }
        }
        return new SealedSpool(CatalogEntry.number(json, KIND), CatalogEntry.text(json, "host"), CatalogEntry.text(json, "boot_id"),
                CatalogEntry.text(json, "run_id"), CatalogEntry.number(json, "next_seq"), CatalogEntry.number(json, "last_boot_ns"),
                CatalogEntry.number(json, "lost"), CatalogEntry.number(json, "gaps"), (Boolean) json.get("stopped"), List.copyOf(files),
                (Long) json.getOrDefault(VERSION, 1L), sources(json));
    }

    private static List<Source> sources(Map<String, Object> json) {
        List<Source> sources = new ArrayList<>();
        if (json.get("sources") instanceof List<?> list) {
            for (Object source : list) {
                sources.add(new Source(CatalogEntry.text((Map<?, ?>) source, "path"), CatalogEntry.text((Map<?, ?>) source, "sha256")));
            }
        }
        return List.copyOf(sources);
    }
}
