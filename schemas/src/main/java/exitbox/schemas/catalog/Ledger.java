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
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// What of a host's catalog its recorder has to know to write on: little memory, and no time for each line, however long the
/// catalog has become. (A [Catalog] is all of it, for those who read a recording.)
public final class Ledger {
    private final Path path;
    // The first number of each run of consecutive ones, and the last.
    private final TreeMap<Long, Long> sealed = new TreeMap<>();
    private CatalogText.End end;
    private Stamp stamp;
    private SealedSpool last;
    private long nextSeq;
    private CatalogLine.Seal seal;
    private Catalog.Problem firstProblem;
    private int problems;
    private boolean unsure;

    /// By which a file is known again that nobody else has changed.
    record Stamp(Object key, long size, long modifiedNs) {
        /// Null when there is no such file.
        static Stamp of(Path path) throws IOException {
            try {
                BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                return new Stamp(file.fileKey(), file.size(), file.lastModifiedTime().to(TimeUnit.NANOSECONDS));
            } catch (NoSuchFileException e) {
                return null;
            }
        }
    }

    private Ledger(Path path) {
        this.path = path;
    }

    /// Reads a catalog; one that does not exist is empty. See [Catalog#read] for what is damaged.
    public static Ledger read(Path path) throws IOException {
        Ledger ledger = new Ledger(path);
        ledger.stamp = Stamp.of(path);
        ledger.end = CatalogText.read(path, new CatalogText.Reader() {
            @Override
            public void line(CatalogLine line) {
                ledger.add(line);
            }

            @Override
            public void problem(Catalog.Problem problem) {
                ledger.firstProblem = ledger.firstProblem == null ? problem : ledger.firstProblem;
                ledger.problems++;
                ledger.unsure |= problem.lost();
            }
        });
        return ledger;
    }

    private void add(CatalogLine line) {
        seal = line.seal() == null ? seal : line.seal();
        unsure |= line.entry().schemaVersion() > Contract.SCHEMA_VERSION;
        if (line.entry() instanceof SealedSpool spool) {
            seal(spool.number());
            nextSeq = Math.max(nextSeq, spool.nextSeq());
            if (last == null || spool.number() > last.number()) {
                last = spool.with(List.of());
            }
        }
    }

    private void seal(long number) {
        if (isSealed(number)) {
            return;
        }
        Map.Entry<Long, Long> before = sealed.floorEntry(number);
        long from = before != null && before.getValue() == number - 1 ? before.getKey() : number;
        Long behind = sealed.remove(number + 1);
        sealed.put(from, behind == null ? number : behind);
    }

    /// Whether nobody else has changed the file since.
    boolean holds() throws IOException {
        Stamp now = Stamp.of(path);
        return now == null ? stamp == null : now.equals(stamp);
    }

    public Path path() {
        return path;
    }

    /// The sha256 of the last whole line, which the next one names; "" before the first.
    public String lastHash() {
        return end.sha256();
    }

    /// The number of the last whole line, readable or not; 0 when there is none.
    int lastNumber() {
        return end.number();
    }

    /// How many things are wrong with its lines.
    public int problems() {
        return problems;
    }

    /// Null when there is none.
    public Catalog.Problem firstProblem() {
        return firstProblem;
    }

    /// Whether its lines tell so little of its files that there may be more.
    boolean isUnsure() {
        return unsure;
    }

    /// By what the last signed line is; null when none is.
    public CatalogLine.Seal seal() {
        return seal;
    }

    /// Whether a line tells of the spool of this number.
    public boolean isSealed(long number) {
        Map.Entry<Long, Long> run = sealed.floorEntry(number);
        return run != null && run.getValue() >= number;
    }

    /// The sealed spool of the highest number, without its files; null when there is none.
    public SealedSpool last() {
        return last;
    }

    /// The highest seq that the row after a sealed spool gets.
    public long nextSeq() {
        return nextSeq;
    }

    /// The sealed spool of the highest number below this one, without its files; null when there is none.
    public SealedSpool before(long number) throws IOException {
        Map.Entry<Long, Long> run = sealed.floorEntry(number - 1);
        return run == null ? null : find(Math.min(run.getValue(), number - 1));
    }

    /// The sealed spool of this number; null when there is none. Takes a look at all lines, but for the last spool's.
    public SealedSpool find(long number) throws IOException {
        if (!isSealed(number)) {
            return null;
        }
        return last.number() == number ? last : Standing.find(path, number);
    }

    /// What the spool of this number became, also what has been deleted since; nothing when it is not sealed.
    public List<SegmentFile> files(long number) throws IOException {
        SealedSpool spool = Standing.find(path, number);
        return spool == null ? List.of() : spool.files();
    }

    /// Appends a line and brings it to the disk, behind the last whole one.
    /// When that fails the line does not stand: a later fsync could claim success for what the disk refused.
    void append(String text) throws IOException {
        CatalogLine line = CatalogLine.ofText(end.number() + 1, text);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer whole = ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + 1));
        whole.put(bytes.length, (byte) '\n');
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS)) {
            channel.truncate(end.bytes());
            long at = end.bytes();
            try {
                while (whole.hasRemaining()) {
                    at += channel.write(whole, at);
                }
                channel.force(true);
            } catch (IOException e) {
                cutBack(channel, e);
                throw e;
            } finally {
                stamp = Stamp.of(path);
            }
        }
        end = new CatalogText.End(line.number(), end.bytes() + bytes.length + 1, CatalogLine.sha256(bytes));
        add(line);
    }

    private void cutBack(FileChannel channel, IOException cause) {
        try {
            channel.truncate(end.bytes());
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
