package exitbox.analyzer;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.catalog.SegmentFile;
import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;

/// The segment of a table that was sealed last, as a version wrote it that did not know some of its columns yet.
final class OlderSegment {
    private OlderSegment() {}

    /// Writes it again without these columns; the catalog's last line tells of the new file.
    static void write(Recording recording, String host, Table table, String columns) throws IOException {
        Path path = recording.catalog(host);
        Catalog catalog = Catalog.read(path);
        SealedSpool spool = catalog.spools().getLast();
        List<SegmentFile> files =
                spool.files().stream().map(file -> file.table() == table ? without(recording, file, columns) : file).toList();
        String text = Files.readString(path);
        int last = text.lastIndexOf('\n', text.length() - 2) + 1;
        Files.writeString(path, text.substring(0, last));
        CatalogWriter writer = new CatalogWriter(recording, Access.own(), host, null);
        writer.append(spool.with(files));
    }

    private static SegmentFile without(Recording recording, SegmentFile file, String columns) {
        Path segment = recording.dir().resolve(file.path());
        Path older = segment.resolveSibling("older");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = connection.createStatement()) {
            statement.execute("COPY (SELECT * EXCLUDE (" + columns + ") FROM read_parquet('" + segment + "', hive_partitioning=false)) TO '"
                    + older + "' (FORMAT parquet)");
            Files.move(older, segment, StandardCopyOption.REPLACE_EXISTING);
            byte[] bytes = Files.readAllBytes(segment);
            String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            return new SegmentFile(file.table(), file.path(), file.rows(), bytes.length, file.firstSeq(), file.lastSeq(),
                    file.firstBootNs(),
                    file.lastBootNs(), file.firstMicros(), file.lastMicros(), sha256);
        } catch (SQLException | IOException | NoSuchAlgorithmException e) {
            throw new IllegalStateException("cannot make " + file.path() + " older: " + e.getMessage(), e);
        }
    }
}
