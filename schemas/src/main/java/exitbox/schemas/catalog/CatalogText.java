package exitbox.schemas.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/// The lines of a catalog's file, one after another: it takes the memory of one line, however long the file has become, and
/// of none that is longer than any that was written.
final class CatalogText {
    private static final int PIECE = 1 << 16;
    private static final int LONGEST = 64 << 20;

    private CatalogText() {}

    /// Takes a line's bytes, without its line end.
    interface Sink {
        /// @param number counts from 1
        /// @return whether to go on
        boolean take(int number, byte[] line) throws IOException;

        /// A line that is too long to be one.
        default void tooLong(int number, long bytes, String sha256) {}
    }

    /// Where a file's last whole line ends, and its sha256; what stands behind it was being written when the machine stopped.
    record End(int number, long bytes, String sha256) {
    }

    /// Calls the sink for each whole line. A file that does not exist has none.
    static void read(Path path, Sink sink) throws IOException {
        read(path, LONGEST, sink);
    }

    private static void read(Path path, int longest, Sink sink) throws IOException {
        Line line = new Line(longest);
        int number = 0;
        try (InputStream file = Files.newInputStream(Access.file(path))) {
            byte[] piece = new byte[PIECE];
            for (int n = file.read(piece); n > 0; n = file.read(piece)) {
                int from = 0;
                for (int i = 0; i < n; i++) {
                    if (piece[i] != '\n') {
                        continue;
                    }
                    line.append(piece, from, i);
                    from = i + 1;
                    if (!line.end(++number, sink)) {
                        return;
                    }
                }
                line.append(piece, from, n);
            }
        } catch (NoSuchFileException _) {
            // It has no line yet.
        }
    }

    /// The line that is being read; of one that is too long only its length and sha256.
    private static final class Line {
        private final int longest;
        private byte[] bytes = new byte[PIECE];
        private long length;
        private MessageDigest tooLong;

        Line(int longest) {
            this.longest = longest;
        }

        void append(byte[] piece, int from, int to) {
            long all = length + to - from;
            if (tooLong == null && all > longest) {
                tooLong = CatalogLine.digest();
                tooLong.update(bytes, 0, (int) length);
            }
            if (tooLong != null) {
                tooLong.update(piece, from, to - from);
            } else {
                bytes = all <= bytes.length ? bytes : Arrays.copyOf(bytes, (int) Math.min(longest, Math.max(all, bytes.length * 2L)));
                System.arraycopy(piece, from, bytes, (int) length, to - from);
            }
            length = all;
        }

        boolean end(int number, Sink sink) throws IOException {
            boolean goOn = true;
            if (tooLong != null) {
                sink.tooLong(number, length, HexFormat.of().formatHex(tooLong.digest()));
            } else {
                goOn = sink.take(number, Arrays.copyOf(bytes, (int) length));
            }
            length = 0;
            tooLong = null;
            return goOn;
        }
    }

    /// What comes of reading a catalog line by line.
    interface Reader {
        void line(CatalogLine line);

        void problem(Catalog.Problem problem);
    }

    /// Reads a catalog and checks its chain. Damaged lines are problems, the others count; a line of a newer format is an
    /// [IOException] by a [CatalogLine.NewerFormat].
    static End read(Path path, Reader reader) throws IOException {
        return read(path, LONGEST, reader);
    }

    static End read(Path path, int longest, Reader reader) throws IOException {
        End[] end = {new End(0, 0, "")};
        read(path, longest, new Sink() {
            @Override
            public boolean take(int number, byte[] bytes) throws IOException {
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
            }

            @Override
            public void tooLong(int number, long bytes, String sha256) {
                reader.problem(
                        new Catalog.Problem(number, "has " + bytes + " bytes, more than any line: changed after it was written", true));
                end[0] = new End(number, end[0].bytes + bytes + 1, sha256);
            }
        });
        return end[0];
    }
}
