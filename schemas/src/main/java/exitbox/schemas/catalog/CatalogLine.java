package exitbox.schemas.catalog;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// One sealed spool: its number, whose it was, all its files, what it lost, and the chain: the
/// sha256 of the line before (of its whole text, "" for the first) and of this line's own text
/// without its last field.
///
/// @param number the spool's
/// @param nextSeq the seq that the row after this spool gets
/// @param lostRows events known to be lost in the spool's time, -1 when one loss has no count
/// @param gapRows rows of gaps in the spool
/// @param stopped whether the run ended in this spool, with a stop row
/// @param files the files; tables of a newer version are left out
/// @param previous sha256 of the line before
/// @param schemaVersion the contract its files were written by; one newer than this program's has columns that it does not know
public record CatalogLine(long number, String host, String bootId, String runId, long nextSeq, long lastBootNs, long lostRows, long gapRows,
        boolean stopped, List<SegmentFile> files, String previous, long schemaVersion) {

    private static final String VERSION = "schema_version";

    /// A line of this program's own contract.
    public CatalogLine(long number, String host, String bootId, String runId, long nextSeq, long lastBootNs, long lostRows, long gapRows,
            boolean stopped, List<SegmentFile> files, String previous) {
        this(number, host, bootId, runId, nextSeq, lastBootNs, lostRows, gapRows, stopped, files, previous, Contract.SCHEMA_VERSION);
    }

    /// The line's text, without its line end.
    public String toText() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("spool", number);
        json.put("host", host);
        json.put("boot_id", bootId);
        json.put("run_id", runId);
        json.put("next_seq", nextSeq);
        json.put("last_boot_ns", lastBootNs);
        json.put("lost", lostRows);
        json.put("gaps", gapRows);
        json.put("stopped", stopped);
        List<Object> entries = new ArrayList<>();
        for (SegmentFile file : files) {
            entries.add(file.toJson());
        }
        json.put(VERSION, schemaVersion);
        json.put("files", entries);
        json.put("previous_sha256", previous);
        String text = Json.write(json);
        return text.substring(0, text.length() - 1) + ",\"sha256\":\"" + sha256(text) + "\"}";
    }

    /// Reads a line's text; an [IOException] says what is wrong with one that is none, or whose own sha256 does not hold.
    public static CatalogLine ofText(String text) throws IOException {
        Map<String, Object> json;
        try {
            json = Json.readObject(text);
        } catch (IOException e) {
            throw new IOException("no JSON object: changed after it was written", e);
        }
        try {
            String own = (String) json.get("sha256");
            int at = text.lastIndexOf(",\"sha256\":\"");
            if (own == null || at < 0 || !sha256(text.substring(0, at) + "}").equals(own)) {
                throw new IOException("its sha256 does not hold: changed after it was written");
            }
            List<SegmentFile> files = new ArrayList<>();
            for (Object file : (List<?>) json.get("files")) {
                SegmentFile segment = SegmentFile.ofJson((Map<?, ?>) file);
                if (segment != null) {
                    files.add(segment);
                }
            }
            return new CatalogLine((Long) json.get("spool"), text(json, "host"), text(json, "boot_id"), text(json, "run_id"),
                    (Long) json.get("next_seq"), (Long) json.get("last_boot_ns"), (Long) json.get("lost"), (Long) json.get("gaps"),
                    (Boolean) json.get("stopped"), List.copyOf(files), text(json, "previous_sha256"),
                    (Long) json.getOrDefault(VERSION, 1L));
        } catch (RuntimeException e) {
            throw new IOException("it lacks a fact or has one of the wrong type", e);
        }
    }

    static String text(Map<?, ?> json, String fact) {
        return Objects.requireNonNull((String) json.get(fact), fact);
    }

    static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
