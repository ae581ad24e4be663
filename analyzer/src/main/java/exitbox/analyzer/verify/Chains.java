package exitbox.analyzer.verify;

import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.sign.VerificationKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// The signed lines of all catalogs of a recording, each behind the one that names its key: a chain begins with the first epoch
/// of a key, and goes on in another catalog where the machine got another name.
final class Chains {
    private final Map<CatalogLine, CatalogLine> begins = new IdentityHashMap<>();
    private final List<VerificationKey> unused;

    /// @param given the keys that chains may begin with; none when all may
    Chains(List<Catalog> catalogs, List<VerificationKey> given) {
        unused = new ArrayList<>(given.stream().distinct().toList());
        Map<Long, List<CatalogLine>> byEpoch = new HashMap<>();
        List<Catalog> signed = catalogs.stream().filter(catalog -> first(catalog) != null).toList();
        signed.forEach(catalog -> catalog.lines().stream().filter(line -> line.seal() != null)
                .forEach(line -> byEpoch.computeIfAbsent(line.seal().epoch(), _ -> new ArrayList<>()).add(line)));
        for (CatalogLine line : byEpoch.getOrDefault(0L, List.of())) {
            VerificationKey key = given.stream().filter(line.seal()::isBy).findFirst().orElse(null);
            unused.remove(key);
            if (given.isEmpty() || key != null) {
                // In a single catalog each line stands behind the other, and there is nothing to look up.
                follow(line, signed.size() > 1 ? byEpoch : Map.of());
            }
        }
    }

    private void follow(CatalogLine begin, Map<Long, List<CatalogLine>> byEpoch) {
        for (CatalogLine line = begin; line != null;) {
            begins.put(line, begin);
            CatalogLine.Seal seal = line.seal();
            VerificationKey next = new VerificationKey(seal.nextKey());
            List<CatalogLine> behind = byEpoch.getOrDefault(seal.epoch() + 1, List.of()).stream().filter(other -> other.seal().isBy(next))
                    .toList();
            // Two that one key has signed prove neither.
            line = behind.size() == 1 ? behind.getFirst() : null;
        }
    }

    private static CatalogLine first(Catalog catalog) {
        return catalog.lines().stream().filter(line -> line.seal() != null).findFirst().orElse(null);
    }

    /// Whether a line is of the chain that a catalog's first signed line is of.
    boolean isOf(Catalog catalog, CatalogLine line) {
        CatalogLine begin = begins.get(line);
        return begin != null && begin == begins.get(first(catalog));
    }

    /// The keys that nothing begins with, unless it may be one of these catalogs that was to, and that says so itself.
    List<VerificationKey> unused(List<Catalog> catalogs) {
        long others = catalogs.stream().map(Chains::first).filter(first -> first == null || !begins.containsKey(first)).count();
        return unused.size() > others ? unused : List.of();
    }
}
