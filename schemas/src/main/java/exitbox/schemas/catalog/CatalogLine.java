package exitbox.schemas.catalog;

import exitbox.schemas.sign.Signer;
import exitbox.schemas.sign.VerificationKey;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A line of a catalog: what it tells, and the chain. Its last fact, `sha256`, is that of its own text without that fact;
/// `previous_sha256` that of the whole text of the line before, "" for the first. A signed line has its epoch, the key of
/// the next one and a `signature` between the two. Nothing stands behind what vouches for the rest, and no name twice, or
/// facts could be put in there that nothing vouches for.
///
/// @param number the line's, counted from 1
/// @param entry what it tells
/// @param previous sha256 of the line before
/// @param seal by which it is signed; null when it is not
/// @param sha256 its own
public record CatalogLine(int number, CatalogEntry entry, String previous, Seal seal, String sha256) {
    /// What it takes to read a catalog at all. Readers refuse a higher one; they know by the chain that it is meant, which is
    /// the same in every format.
    static final int FORMAT = 1;

    private static final String PREVIOUS = "previous_sha256";
    private static final String OWN = ",\"sha256\":\"";
    private static final String SIGNATURE = ",\"signature\":\"";
    private static final String EPOCH = ",\"epoch\":";
    private static final Pattern SEAL = Pattern
            .compile(EPOCH + "(\\d{1,18}),\"next_key\":\"([0-9a-f]{64})\"" + SIGNATURE + "([0-9a-f]{128})\"");
    private static final List<String> SEAL_FACTS = List.of("epoch", "next_key", "signature");

    /// @param epoch of the key that signed it
    /// @param nextKey the key of the next epoch
    /// @param signedSha256 sha256 of the text that was signed: the line's own, up to the signature
    public record Seal(long epoch, String nextKey, String signature, String signedSha256) {
        /// Whether this is the key that signed it.
        public boolean isBy(VerificationKey key) {
            return key.verifies(signedSha256, signature);
        }
    }

    /// A format that only a newer program can read: nothing of such a recording is.
    public static final class NewerFormat extends IOException {
        private static final long serialVersionUID = 1L;

        NewerFormat(long format) {
            super("is of format " + format + ", and this exitbox reads format " + FORMAT + " — use a newer exitbox");
        }
    }

    /// The text of a line, without its line end. After this the signer has to move on before the line may stand.
    ///
    /// @param signer null to leave it unsigned
    static String text(CatalogEntry entry, String previous, Signer signer) throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>(entry.facts());
        facts.put("format", (long) FORMAT);
        facts.put(PREVIOUS, previous);
        if (signer != null) {
            facts.put("epoch", signer.epoch());
            facts.put("next_key", signer.nextKey());
        }
        String text = Json.write(facts);
        if (signer != null) {
            text = text.substring(0, text.length() - 1) + SIGNATURE + signer.sign(sha256(text)) + "\"}";
        }
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
        String own = at < 0 ? "" : sha256(text.substring(0, at) + "}");
        if (at < 0 || !text.substring(at).equals(OWN + own + "\"}")) {
            throw new IOException("its sha256 does not hold: changed after it was written");
        }
        if (facts.get("format") instanceof Long format && format > FORMAT) {
            throw new NewerFormat(format);
        }
        if (!(facts.get(PREVIOUS) instanceof String previous)) {
            throw new IOException("it lacks a fact or has one of the wrong type");
        }
        return new CatalogLine(number, CatalogEntry.ofFacts(facts), previous, seal(facts, text.substring(0, at)), own);
    }

    /// @param text the line's own, up to its sha256
    private static Seal seal(Map<String, Object> facts, String text) throws IOException {
        if (Collections.disjoint(facts.keySet(), SEAL_FACTS)) {
            return null;
        }
        Matcher seal = SEAL.matcher(text.substring(Math.max(0, text.lastIndexOf(EPOCH))));
        if (!seal.matches()) {
            throw new IOException("its signature is not where one is written: changed after it was written");
        }
        String signed = text.substring(0, text.lastIndexOf(SIGNATURE)) + "}";
        return new Seal(Long.parseLong(seal.group(1)), seal.group(2), seal.group(3), sha256(signed));
    }

    static String sha256(String text) {
        return sha256(text.getBytes(StandardCharsets.UTF_8));
    }

    static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
