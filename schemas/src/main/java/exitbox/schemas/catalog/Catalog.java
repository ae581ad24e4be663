package exitbox.schemas.catalog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The catalog of one host: a line per sealed spool, only ever appended to. A last line without its
/// line end was being written when the machine stopped, and does not count.
public record Catalog(Path path, List<CatalogLine> lines, List<Problem> problems, long wholeBytes, String lastHash) {

    /// What is wrong with a line: `number` counts from 1; `lost` when it is therefore not among the lines.
    public record Problem(int number, String what, boolean lost) {
    }

    /// Reads a catalog; one that does not exist is empty. Damaged lines are problems, the others count.
    public static Catalog read(Path path) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            bytes = new byte[0];
        }
        List<CatalogLine> lines = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        String previous = "";
        int whole = 0;
        int number = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != '\n') {
                continue;
            }
            String text = new String(bytes, whole, i - whole, StandardCharsets.UTF_8);
            whole = i + 1;
            number++;
            try {
                CatalogLine line = CatalogLine.ofText(text);
                if (!line.previous().equals(previous)) {
                    problems.add(new Problem(number, "the line before it is not the one it was written after", false));
                }
                lines.add(line);
            } catch (IOException e) {
                problems.add(new Problem(number, e.getMessage(), true));
            }
            previous = CatalogLine.sha256(text);
        }
        return new Catalog(path, List.copyOf(lines), List.copyOf(problems), whole, previous);
    }

    private void cutBack(FileChannel channel, IOException cause) {
        try {
            channel.truncate(wholeBytes);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /// Numbers of the spools that are sealed.
    public Set<Long> sealed() {
        Set<Long> numbers = new HashSet<>();
        for (CatalogLine line : lines) {
            numbers.add(line.number());
        }
        return numbers;
    }

    /// Appends a line and brings it to the disk, behind the last whole one. The line's `previous` must be [#lastHash].
    /// When that fails the line does not stand: a later fsync could claim success for what the disk refused.
    public Catalog append(CatalogLine line) throws IOException {
        String text = line.toText();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer bytes = ByteBuffer.wrap((text + "\n").getBytes(StandardCharsets.UTF_8));
            channel.truncate(wholeBytes);
            long at = wholeBytes;
            try {
                while (bytes.hasRemaining()) {
                    at += channel.write(bytes, at);
                }
                channel.force(true);
            } catch (IOException e) {
                cutBack(channel, e);
                throw e;
            }
            List<CatalogLine> all = new ArrayList<>(lines);
            all.add(line);
            return new Catalog(path, all, problems, at, CatalogLine.sha256(text));
        }
    }
}
