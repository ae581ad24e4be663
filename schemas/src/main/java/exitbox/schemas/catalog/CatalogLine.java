package exitbox.schemas.catalog;

import exitbox.schemas.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/// A line of a catalog: what it tells, and the chain. Its last fact, `sha256`, is that of its own text without that fact;
/// `previous_sha256` before it that of the whole text of the line before, "" for the first.
///
/// @param number the line's, counted from 1
/// @param entry what it tells
/// @param previous sha256 of the line before
public record CatalogLine(int number, CatalogEntry entry, String previous) {
    private static final String PREVIOUS = "previous_sha256";
    private static final String OWN = ",\"sha256\":\"";

    /// The line's text, without its line end.
    public String toText() {
        Map<String, Object> facts = new LinkedHashMap<>(entry.facts());
        facts.put(PREVIOUS, previous);
        String text = Json.write(facts);
        return text.substring(0, text.length() - 1) + OWN + sha256(text) + "\"}";
    }

    /// Reads a line's text; an [IOException] says what is wrong with one that is none, or whose own sha256 does not hold.
    static CatalogLine ofText(int number, String text) throws IOException {
        Map<String, Object> facts;
        try {
            facts = Json.readObject(text);
        } catch (IOException e) {
            throw new IOException("no JSON object: changed after it was written", e);
        }
        int at = text.lastIndexOf(OWN);
        if (at < 0 || !sha256(text.substring(0, at) + "}").equals(facts.get("sha256"))) {
            throw new IOException("its sha256 does not hold: changed after it was written");
        }
        if (!(facts.get(PREVIOUS) instanceof String previous)) {
            throw new IOException("it lacks a fact or has one of the wrong type");
        }
        return new CatalogLine(number, CatalogEntry.ofFacts(facts), previous);
    }

    static String sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
