package exitbox.recorder;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Catalog;
import exitbox.schemas.catalog.Ledger;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.contract.Table;
import exitbox.schemas.segment.Stops;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolReader;
import exitbox.schemas.spool.SpoolTail;
import exitbox.schemas.spool.SpoolWriter;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The spools of a host's recording: finds those that an earlier run left, and makes new ones.
final class Spools {
    private final Recording recording;
    private final String host;
    private final Access access;
    private final Consumer<String> messages;
    private final List<Path> leftovers = new ArrayList<>();
    private long nextNumber = 1;
    private long nextSeq = 1;
    private Map<String, Object> missingEnd;
    private Unfinished unfinished;
    private boolean takenOverEnded;

    /// The last spool of a run whose programs stayed at work: what waits in the rings belongs behind it.
    ///
    /// @param newest whether it was the open one; else another had been begun, and no row stands in that
    record Unfinished(Path path, SpoolTail tail, boolean newest) {

        /// By CPU, how many processes it tells of the last snapshot, by a row or in a gap. A snapshot belongs to the spool
        /// that was begun before it.
        Map<Integer, Long> tasks() {
            Map<Integer, Long> tasks = new HashMap<>();
            if (newest) {
                tasks.putAll(tail.tasks());
                for (Map<String, Object> gap : tail.gaps()) {
                    if (Losses.INTERRUPTED.equals(gap.get("cause"))) {
                        tasks.merge(((Long) gap.get("cpu")).intValue(), (Long) gap.get("count"), Long::sum);
                    }
                }
            }
            return tasks;
        }

        /// Goes on behind its last whole frame.
        SpoolWriter reopen() throws IOException {
            return SpoolWriter.reopen(path, tail.header(), tail.end());
        }
    }

    private Spools(Recording recording, String host, Access access, Consumer<String> messages) {
        this.recording = recording;
        this.host = host;
        this.access = access;
        this.messages = messages;
    }

    /// Reads where the recording ended. A run that ended without a stop (kill -9, power cut) gets the row that says
    /// so, in its own spool and boot; `bootId` and `nowBootNs` are this boot's. What is damaged or no spool of this
    /// recording is named in `messages` and left alone.
    ///
    /// @param runTakenOver the run whose programs are still at work, which therefore has not ended; null when there is none
    static Spools find(Recording recording, String host, Ledger sealed, Access access, String bootId, long nowBootNs, String runTakenOver,
            Consumer<String> messages) throws IOException {
        Spools spools = new Spools(recording, host, access, messages);
        if (sealed.last() != null) {
            spools.nextNumber = sealed.last().number() + 1;
            spools.nextSeq = Math.max(spools.nextSeq, sealed.nextSeq());
        }
        spools.recordBehind(sealed);
        for (Path path : spools.list()) {
            spools.nextNumber = Math.max(spools.nextNumber, Recording.spoolNumber(path) + 1);
            if (Files.size(path) == 0) {
                // A power cut took what had not come to the disk, and left the name. Without it the rows that are missing
                // can be counted: the spools on either side tell their numbers.
                Files.delete(path);
            } else if (spools.isOurs(path, sealed.find(Recording.spoolNumber(path)))) {
                spools.leftovers.add(path);
            }
        }
        spools.endLastRun(sealed, bootId, nowBootNs, runTakenOver);
        return spools;
    }

    /// A damaged catalog does not stop the recorder: new lines are chained behind it. Their numbers must not be those of
    /// lines that cannot be read, or that somebody has cut off, so the segments themselves are asked: those would be written over.
    private void recordBehind(Ledger catalog) throws IOException {
        Catalog.Problem first = catalog.firstProblem();
        if (first != null) {
            messages.accept(catalog.path() + ": line " + first.number() + ": " + first.what()
                    + (catalog.problems() > 1 ? " (and " + (catalog.problems() - 1) + " more)" : "")
                    + " — recording goes on behind it; the files that it named are not in the catalog any more");
        }
        Orphans orphans = Orphans.find(recording, host, catalog::isSealed);
        nextNumber = Math.max(nextNumber, orphans.lastNumber() + 1);
        nextSeq = Math.max(nextSeq, orphans.lastSeq() + 1);
    }

    private List<Path> list() throws IOException {
        List<Path> paths = new ArrayList<>();
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(recording.spoolFolder(host))) {
            for (Path path : folder) {
                if (Recording.spoolNumber(path) >= 0) {
                    paths.add(path);
                }
            }
        }
        paths.sort(Comparator.comparingLong(Recording::spoolNumber));
        return paths;
    }

    private boolean isOurs(Path path, SealedSpool sealed) {
        String problem;
        try (SpoolReader reader = SpoolReader.open(path)) {
            SpoolHeader header = reader.header();
            problem = header.number() != Recording.spoolNumber(path) || !header.host().equals(host)
                    ? "it says that it is spool " + header.number() + " of " + header.host()
                    : sealed != null && !sealed.runId().equals(header.runId()) ? "another spool of this number is sealed" : null;
        } catch (IOException e) {
            String reason = Failure.reason(e);
            problem = reason.startsWith(path + ": ") ? reason.substring(path.toString().length() + 2) : reason;
        }
        if (problem != null) {
            messages.accept(path + ": " + problem + " — left alone; move it away to hear no more of it");
        }
        return problem == null;
    }

    /// Only the newest spool can lack an end: a spool is closed after the next one was made. It may be without a row,
    /// and then an older one tells the last seq.
    private void endLastRun(Ledger sealed, String bootId, long nowBootNs, String runTakenOver) throws IOException {
        Path newest = null;
        SpoolTail tail = null;
        Unfinished ofTakenOver = null;
        for (Path path : leftovers.reversed()) {
            if (sealed.isSealed(Recording.spoolNumber(path))) {
                continue;
            }
            SpoolTail here = SpoolTail.read(path);
            nextSeq = Math.max(nextSeq, here.nextSeq());
            if (newest == null) {
                newest = path;
                tail = here;
            }
            if (here.header().runId().equals(runTakenOver)) {
                ofTakenOver = new Unfinished(path, here, path.equals(newest));
            }
            if (here.nextSeq() >= 0) {
                break;
            }
        }
        SealedSpool last = sealed.last();
        if (runTakenOver != null && (newest == null ? last != null && last.runId().equals(runTakenOver) : ofTakenOver != null)) {
            takenOverEnded = ofTakenOver == null ? last.stopped() : ofTakenOver.tail().ended();
            unfinished = takenOverEnded ? null : ofTakenOver;
            leftovers.remove(unfinished == null ? null : unfinished.path());
        } else if (newest != null && !tail.ended()) {
            end(newest, tail, bootId.equals(tail.header().bootId()) ? nowBootNs : null);
        } else if (newest == null && last != null && !last.stopped() && !isEnded(sealed, last)) {
            boolean sameBoot = last.bootId().equals(bootId);
            missingEnd = uncleanEnd(last.runId(), sameBoot ? last.lastBootNs() : null, sameBoot ? nowBootNs : null);
        }
    }

    /// Whether the gap for a missing end was given to that spool before it was sealed. It has no count; where the rows are gone, a
    /// loss without one is taken for it.
    private boolean isEnded(Ledger sealed, SealedSpool last) throws IOException {
        if (last.lostRows() >= 0) {
            return false;
        }
        List<Path> gaps = sealed.files(last.number()).stream().filter(file -> file.table() == Table.GAPS)
                .map(file -> recording.dir().resolve(file.path())).filter(Files::isRegularFile).toList();
        try {
            return gaps.isEmpty() || Stops.isExplained(last.runId(), gaps);
        } catch (IOException | RuntimeException e) {
            return true; // verify says what is wrong with it
        }
    }

    private void end(Path path, SpoolTail tail, Long endBootNs) throws IOException {
        Map<String, Object> gap = uncleanEnd(tail.header().runId(), tail.lastBootNs(), endBootNs);
        gap.put("mono_ns", null); // when exactly it ended nobody knows
        try (SpoolWriter writer = SpoolWriter.reopen(path, tail.header(), tail.end())) {
            writer.appendRow(Table.GAPS, 0, tail.lastBootNs(), nextSeq++, gap);
            writer.force();
        }
    }

    private static Map<String, Object> uncleanEnd(String runId, Long firstBootNs, Long lastBootNs) {
        Map<String, Object> gap = new HashMap<>();
        gap.put("first_boot_ns", firstBootNs);
        gap.put("last_boot_ns", lastBootNs);
        gap.put("cause", "unclean_end");
        gap.put("detail", "run " + runId + " ended without a stop");
        return gap;
    }

    /// The row of `gaps` for a run that is taken over and whose open spool is there no more.
    ///
    /// @param firstBootNs from when on nothing of the run is left, as far as is known
    Map<String, Object> removed(long firstBootNs, long nowBootNs) {
        Map<String, Object> gap = new HashMap<>();
        gap.put("first_boot_ns", firstBootNs);
        gap.put("last_boot_ns", nowBootNs);
        gap.put("cause", "removed");
        gap.put("detail", "the spool of the run that is gone on with was removed while no recorder was at work");
        return gap;
    }

    /// Whether a spool of this number is neither there nor sealed, nor a later one. Before any is made.
    boolean isGone(long number) {
        return number >= nextNumber;
    }

    /// Closed spools that wait to be sealed, oldest first.
    List<Path> leftovers() {
        return leftovers;
    }

    /// The seq that this run's first row gets.
    long nextSeq() {
        return nextSeq;
    }

    /// The row of `gaps` for an earlier run without an end whose last spool is missing, so that it has to stand in this
    /// run's; null when there is none.
    Map<String, Object> missingEnd() {
        return missingEnd;
    }

    /// The spool in which the run that is taken over goes on; null when there is none.
    Unfinished unfinished() {
        return unfinished;
    }

    /// Whether the run that is taken over has its stop row: only its pins were left then.
    boolean takenOverEnded() {
        return takenOverEnded;
    }

    /// A new, empty spool.
    SpoolWriter create(SpoolHeader header) throws IOException {
        long number = nextNumber++;
        SpoolWriter writer = SpoolWriter.create(recording.spool(host, number), header.withNumber(number, header.clock()));
        access.open(writer.path());
        return writer;
    }
}
