package exitbox.schemas.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/// The lines of a catalog's file, one after another: it takes the memory of one line, however long the file has become.
final class CatalogText {
    private static final int PIECE = 1 << 16;

    private CatalogText() {}

    /// Takes a line's bytes, without its line end.
    interface Sink {
        /// @param number counts from 1
        /// @return whether to go on
        boolean take(int number, byte[] line) throws IOException;
    }

    /// Where a file's last whole line ends, and its sha256; what stands behind it was being written when the machine stopped.
    record End(int number, long bytes, String sha256) {
    }

    /// Calls the sink for each whole line. A file that does not exist has none.
    static void read(Path path, Sink sink) throws IOException {
        byte[] line = new byte[PIECE];
        int length = 0;
        int number = 0;
        try (InputStream file = Files.newInputStream(path)) {
            byte[] piece = new byte[PIECE];
            for (int n = file.read(piece); n > 0; n = file.read(piece)) {
                int from = 0;
                for (int i = 0; i < n; i++) {
                    if (piece[i] != '\n') {
                        continue;
                    }
                    line = appended(line, length, piece, from, i);
                    length += i - from;
                    from = i + 1;
                    if (!sink.take(++number, Arrays.copyOf(line, length))) {
                        return;
                    }
                    length = 0;
                }
                line = appended(line, length, piece, from, n);
                length += n - from;
            }
        } catch (NoSuchFileException _) {
            // It has no line yet.
        }
    }

    private static byte[] appended(byte[] line, int length, byte[] piece, int from, int to) {
        byte[] room = length + to - from <= line.length ? line : Arrays.copyOf(line, Math.max(length + to - from, line.length * 2));
        System.arraycopy(piece, from, room, length, to - from);
        return room;
    }

    /// What comes of reading a catalog line by line.
    interface Reader {
        void line(CatalogLine line);

        void problem(Catalog.Problem problem);
    }

    /// Reads a catalog and checks its chain. Damaged lines are problems, the others count; a line of a newer format is an
    /// [IOException] by a [CatalogLine.NewerFormat].
    static End read(Path path, Reader reader) throws IOException {
        End[] end = {new End(0, 0, "")};
        read(path, (number, bytes) -> {
            try {
                CatalogLine line = CatalogLine.ofText(number, new String(bytes, StandardCharsets.UTF_8));
                if (!line.previous().equals(end[0].sha256)) {
                    reader.problem(new Catalog.Problem(number, "the line before it is not the one it was written after", false));
                }
                reader.line(line);
            } catch (CatalogLine.NewerFormat e) {
                throw new IOException(path + ", line " + number + " " + e.getMessage(), e);
            } catch (IOException e) {
                reader.problem(new Catalog.Problem(number, e.getMessage(), true));
            }
            // Of the bytes: what is no UTF-8 would all be the same text.
            end[0] = new End(number, end[0].bytes + bytes.length + 1, CatalogLine.sha256(bytes));
            return true;
        });
        return end[0];
    }
}
