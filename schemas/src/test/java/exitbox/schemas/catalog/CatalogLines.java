package exitbox.schemas.catalog;

import java.io.IOException;

/// Lines of catalogs for tests that make many.
public final class CatalogLines {
    private CatalogLines() {}

    public static String text(CatalogEntry entry, String previous) throws IOException {
        return CatalogLine.text(entry, previous, null);
    }
}
