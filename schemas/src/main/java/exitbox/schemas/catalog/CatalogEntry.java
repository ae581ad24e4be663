package exitbox.schemas.catalog;

import exitbox.schemas.contract.Contract;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/// What a line of a catalog tells. Its facts are written in their order; a reader goes by names and passes over those it
/// does not know.
public sealed interface CatalogEntry permits SealedSpool, Deletion {
    /// The fact that says which contract a line was written by.
    String VERSION = "schema_version";

    String host();

    /// The contract that it was written by; one newer than this program's may tell more than it knows of.
    long schemaVersion();

    Map<String, Object> facts();

    /// An [IOException] says why these facts are of no kind that this program knows.
    static CatalogEntry ofFacts(Map<String, Object> facts) throws IOException {
        try {
            if (facts.containsKey(SealedSpool.KIND)) {
                return SealedSpool.ofFacts(facts);
            }
            if (facts.containsKey(Deletion.KIND)) {
                return Deletion.ofFacts(facts);
            }
            if (facts.get(VERSION) instanceof Long version && version > Contract.SCHEMA_VERSION) {
                throw new IOException("it tells what only a newer exitbox knows (schema " + version + ", this one knows "
                        + Contract.SCHEMA_VERSION + ")");
            }
        } catch (RuntimeException e) {
            throw lacking(e);
        }
        throw lacking(null);
    }

    private static IOException lacking(RuntimeException cause) {
        return new IOException("it lacks a fact or has one of the wrong type", cause);
    }

    static String text(Map<?, ?> json, String fact) {
        return Objects.requireNonNull((String) json.get(fact), fact);
    }

    static long number(Map<?, ?> json, String fact) {
        return (Long) json.get(fact);
    }
}
