package exitbox.schemas.catalog;

import exitbox.schemas.contract.Contract;
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
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The catalog of one host: lines of sealed spools and of deletions, only ever appended to. A last line without its
/// line end was being written when the machine stopped, and does not count.
public record Catalog(Path path, List<CatalogLine> lines, List<Problem> problems, long wholeBytes, String lastHash) {

    /// What is wrong with a line: `number` counts from 1; `lost` when it is therefore not among the lines.
    public record Problem(int number, String what, boolean lost) {
    }

    /// Of a host without one.
    public static final Catalog NONE = new Catalog(Path.of(""), List.of(), List.of(), 0, "");

    /// Reads a catalog; one that does not exist is empty. Damaged lines are problems, the others count; a line of a newer
    /// format is an [IOException] by a [CatalogLine.NewerFormat].
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
            number++;
            try {
                CatalogLine line = CatalogLine.ofText(number, text);
                if (!line.previous().equals(previous)) {
                    problems.add(new Problem(number, "the line before it is not the one it was written after", false));
                }
                lines.add(line);
            } catch (CatalogLine.NewerFormat e) {
                throw new IOException(path + ", line " + number + " " + e.getMessage(), e);
            } catch (IOException e) {
                problems.add(new Problem(number, e.getMessage(), true));
            }
            // Of the bytes: what is no UTF-8 would all be the same text.
            previous = CatalogLine.sha256(Arrays.copyOfRange(bytes, whole, i));
            whole = i + 1;
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

    /// The number of the last whole line, readable or not; 0 when there is none.
    public int lastNumber() {
        return Math.max(lines.isEmpty() ? 0 : lines.getLast().number(), problems.isEmpty() ? 0 : problems.getLast().number());
    }

    /// The sealed spools, also those whose files have been deleted since, as they were sealed.
    public List<SealedSpool> spools() {
        return lines.stream().filter(line -> line.entry() instanceof SealedSpool).map(line -> (SealedSpool) line.entry()).toList();
    }

    /// The sealed spools with those of their files that have not been deleted; spools without any are left out.
    public List<SealedSpool> standing() {
        Set<String> deleted = deleted();
        List<SealedSpool> spools = spools();
        return deleted.isEmpty() ? spools
                : spools.stream().map(spool -> spool.without(deleted)).filter(spool -> !spool.files().isEmpty()).toList();
    }

    public List<Deletion> deletions() {
        return lines.stream().filter(line -> line.entry() instanceof Deletion).map(line -> (Deletion) line.entry()).toList();
    }

    /// The files that have been deleted, relative to the recording's folder.
    public Set<String> deleted() {
        Set<String> paths = new HashSet<>();
        deletions().forEach(deletion -> paths.addAll(deletion.paths()));
        return paths;
    }

    /// Numbers of the spools that are sealed.
    public Set<Long> sealed() {
        Set<Long> numbers = new HashSet<>();
        spools().forEach(spool -> numbers.add(spool.number()));
        return numbers;
    }

    /// The same without its last line: as it was before that was written.
    public Catalog before() {
        return lines.isEmpty() ? this : new Catalog(path, lines.subList(0, lines.size() - 1), problems, wholeBytes, lastHash);
    }

    /// Whether a line was written by a contract that this program does not know all of.
    public boolean isNewer() {
        return lines.stream().anyMatch(line -> line.entry().schemaVersion() > Contract.SCHEMA_VERSION);
    }

    /// Appends a line and brings it to the disk, behind the last whole one.
    /// When that fails the line does not stand: a later fsync could claim success for what the disk refused.
    Catalog append(String line) throws IOException {
        List<CatalogLine> all = new ArrayList<>(lines);
        all.add(CatalogLine.ofText(lastNumber() + 1, line));
        byte[] text = line.getBytes(StandardCharsets.UTF_8);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(text, text.length + 1));
            bytes.put(text.length, (byte) '\n');
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
            return new Catalog(path, List.copyOf(all), problems, at, CatalogLine.sha256(text));
        }
    }
}
