package exitbox.analyzer.verify;

import exitbox.analyzer.text.Counts;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Sums;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Whether the list for sha256sum says what the catalog says that it follows from.
final class SumsProof {
    private static final String AGAIN = "the next line that exitbox record writes brings it up to date; or: exitbox verify --sums";

    private SumsProof() {}

    /// @param name the list's
    /// @param sums its text, read before the catalog was; null when there is none
    static Optional<Remark> check(String name, String sums, Catalog catalog) {
        String wanted = Sums.text(catalog);
        if (Sums.isUnsure(catalog) || (sums == null ? "" : sums).equals(wanted)) {
            return Optional.empty();
        }
        if ((sums == null ? "" : sums).equals(Sums.text(catalog.before()))) {
            // The line is written first, then this.
            return Optional.of(Remark.note("sums", name, "is behind the catalog's last line: the recorder was between the two"));
        }
        if (sums == null) {
            return Optional.of(Remark.finding("missing", name, "is missing", AGAIN));
        }
        Set<String> known = Set.copyOf(wanted.lines().toList());
        List<String> lines = sums.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (!known.contains(lines.get(i))) {
                return Optional.of(Remark.finding("sums", name + ", line " + (i + 1), "says what the catalog does not say", AGAIN));
            }
        }
        int lacking = known.size() - Set.copyOf(lines).size();
        return Optional.of(Remark.finding("sums", name, lacking == 0 ? "is not in the order, or form, in which it was written"
                : "lacks " + Counts.of(lacking, "file") + " of the catalog", AGAIN));
    }
}
