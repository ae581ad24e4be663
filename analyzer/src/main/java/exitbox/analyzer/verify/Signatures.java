package exitbox.analyzer.verify;

import exitbox.analyzer.text.Counts;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.sign.VerificationKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Who signed a catalog: each signed line names the key of the next, so one key that was kept elsewhere proves all of them,
/// in their order, without a gap. Each host of a recording has its own, or goes on with that of another, where a machine got
/// another name.
final class Signatures {
    private final String host;
    private final String name;
    private final List<VerificationKey> given;
    private final Map<Long, List<VerificationKey>> handedOver;
    private final List<Remark> remarks = new ArrayList<>();
    private long signed;
    private long bad;

    /// @param name the catalog's
    /// @param given keys, of which one is that of the first epoch; empty when none was given
    /// @param handedOver by epoch the keys that lines of other hosts' catalogs name as the next
    Signatures(String host, String name, List<VerificationKey> given, Map<Long, List<VerificationKey>> handedOver) {
        this.host = host;
        this.name = name;
        this.given = given;
        this.handedOver = handedOver;
    }

    List<Remark> check(Catalog catalog) {
        VerificationKey key = null;
        long epoch = 0;
        CatalogLine firstUnsigned = null;
        long unsigned = 0;
        for (CatalogLine line : catalog.lines()) {
            CatalogLine.Seal seal = line.seal();
            if (seal == null) {
                firstUnsigned = signed > 0 && firstUnsigned == null ? line : firstUnsigned;
                unsigned += signed > 0 ? 1 : 0;
                continue;
            }
            if (signed == 0) {
                key = given.stream().filter(seal::isBy).findFirst().orElse(given.isEmpty() ? null : given.getFirst());
            }
            if (signed++ == 0 && line.number() > 1) {
                remarks.add(Remark.note("signed", name, Counts.of(line.number() - 1, "line") + " before line " + line.number()
                        + " are not signed: they are as they were when that was"));
            }
            check(line, seal, key, epoch);
            key = new VerificationKey(seal.nextKey());
            epoch = seal.epoch() + 1;
        }
        if (firstUnsigned != null) {
            String what = "is not signed" + (unsigned == 1 ? "" : ", nor are " + Counts.of(unsigned - 1, "more line"))
                    + ", and lines before it are";
            remarks.add(given.isEmpty() ? Remark.note("signed", name + ", line " + firstUnsigned.number(), what)
                    : Remark.finding("unsigned", name + ", line " + firstUnsigned.number(), what,
                            "recorded without --seal-key, or put in by somebody else"));
        }
        if (!given.isEmpty() && signed == 0) {
            remarks.add(Remark.finding("unsigned", name, "no line of it is signed",
                    "recorded without --seal-key; or somebody took the signed ones away"));
        } else if (signed > 0 && bad == 0) {
            remarks.add(Remark.note("signed", host, given.isEmpty()
                    ? Counts.of(signed, "line")
                            + " of its catalog signed, by whom is not checked: give the key that you keep elsewhere (--key)"
                    : Counts.of(signed, "line") + " of its catalog signed up to epoch " + (epoch - 1) + ", sha256 of the last "
                            + catalog.lines().getLast().sha256()));
        }
        return remarks;
    }

    /// The given key that the catalog's first signed line is by; null when none is.
    static VerificationKey first(Catalog catalog, List<VerificationKey> given) {
        return catalog.lines().stream().map(CatalogLine::seal).filter(Objects::nonNull).findFirst()
                .flatMap(seal -> given.stream().filter(seal::isBy).findFirst()).orElse(null);
    }

    private void check(CatalogLine line, CatalogLine.Seal seal, VerificationKey key, long epoch) {
        String where = name + ", line " + line.number();
        if (seal.epoch() == epoch && (key == null || seal.isBy(key))
                || handedOver.getOrDefault(seal.epoch(), List.of()).stream().anyMatch(seal::isBy)) {
            return;
        }
        if (seal.epoch() != epoch) {
            bad++;
            long missing = seal.epoch() - epoch;
            remarks.add(Remark.finding("epoch", where, "is signed for epoch " + seal.epoch() + " where epoch " + epoch + " is next: "
                    + (missing > 0 ? Counts.of(missing, "signed line") + (missing == 1 ? " is" : " are") + " missing before it"
                            : "that key was given up before"),
                    "compare with another copy of the catalog: signatures from here on prove nothing to the key that was given"));
        } else {
            bad++;
            remarks.add(Remark.finding("signature", where, "is not signed by " + (epoch > 0 ? "the key that the line signed before it names"
                    : given.size() == 1 ? "the key that was given" : "any key that was given"),
                    epoch == 0 ? "it is another recording's key, or somebody else signed this one" : "somebody else signed from here on"));
        }
    }
}
