package exitbox.analyzer.verify;

import exitbox.analyzer.text.Counts;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.sign.VerificationKey;
import java.util.ArrayList;
import java.util.List;

/// Who signed a catalog: each signed line names the key of the next, so one key that was kept elsewhere proves all of them,
/// in their order, without a gap. Each host of a recording has its own, or goes on with that of another, where a machine got
/// another name.
final class Signatures {
    private final String host;
    private final String name;
    private final List<VerificationKey> given;
    private final Chains chains;
    private final List<Remark> remarks = new ArrayList<>();
    private long signed;
    private long bad;

    /// @param name the catalog's
    /// @param given keys, of which one is that of the first epoch; empty when none was given
    /// @param chains of this catalog and the others
    Signatures(String host, String name, List<VerificationKey> given, Chains chains) {
        this.host = host;
        this.name = name;
        this.given = given;
        this.chains = chains;
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
            check(catalog, line, key, epoch);
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

    private void check(Catalog catalog, CatalogLine line, VerificationKey key, long epoch) {
        CatalogLine.Seal seal = line.seal();
        String where = name + ", line " + line.number();
        if (seal.epoch() == epoch && (key == null || seal.isBy(key)) || chains.isOf(catalog, line)) {
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
