package exitbox.analyzer.verify;

import exitbox.analyzer.recording.Folder;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.contract.Table;
import exitbox.schemas.decode.CgroupNames;
import exitbox.schemas.decode.SpoolDecoder;
import exitbox.schemas.spool.SpoolFormat;
import exitbox.schemas.spool.SpoolReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;

/// Reads a spool, the part of a recording that is not sealed: the checksum of each frame, and what the records are.
final class SpoolProof {
    private SpoolProof() {}

    /// Checks a spool; null when it vanished, because it was sealed meanwhile.
    ///
    /// @param hostFolder the folder that it lies in
    static Part check(Path folder, Path spool, String hostFolder, Work work) {
        String name = folder.relativize(spool).toString();
        Part part = new Part(name, false);
        try {
            part.bytes = Files.size(spool);
            PartReader reader = new PartReader(part);
            // It may grow between the two.
            read(spool, part.bytes, reader, true);
            reader.countFrom();
            SpoolDecoder.Summary summary = read(spool, part.bytes, reader, false);
            work.done(part.bytes);
            part.bootId = summary.header().bootId();
            part.nextSeq = summary.nextSeq();
            if (!Recording.hostFolder(summary.header().host()).equals(hostFolder)
                    || summary.header().number() != Recording.spoolNumber(spool)) {
                part.remarks.add(Remark.finding("swapped", name, "says that it is spool " + summary.header().number() + " of "
                        + summary.header().host(), "move it back to where it belongs"));
            }
            if (summary.damagedBytes() > 0) {
                part.remarks.add(Remark.finding("damaged", name, summary.damagedBytes()
                        + " bytes amid its frames fail their checksum",
                        "they are lost; the next exitbox record in this folder seals the rest"));
            }
            part.tornBytes = summary.tornBytes();
            part.tornIsComplete = part.tornBytes > 0 && isComplete(spool, part.bytes, part.tornBytes);
            undecodable(part, name);
            return part;
        } catch (NoSuchFileException _) {
            return null;
        } catch (AccessDeniedException _) {
            throw Folder.denied(spool, null);
        } catch (IOException | RuntimeException e) {
            part.remarks.add(Remark.finding("damaged", name,
                    "cannot be decoded: " + (e instanceof IOException io ? SegmentProof.reason(io, name) : e.toString()),
                    "keep it: what can be saved of it is what its frames hold"));
            part.unknown = true;
            return part;
        }
    }

    private static SpoolDecoder.Summary read(Path spool, long end, PartReader reader, boolean runs) throws IOException {
        return SpoolDecoder.decode(spool, end, new CgroupNames(), batch -> {
            if (runs == (batch.table().table() == Table.RUNS)) {
                reader.accept(batch);
            }
        });
    }

    /// What the decoder itself had to make gaps of is no known loss: nobody has written that down yet.
    private static void undecodable(Part part, String name) {
        for (Iterator<Part.Gap> gaps = part.gaps.iterator(); gaps.hasNext();) {
            Part.Gap gap = gaps.next();
            if ("undecodable".equals(gap.cause()) || "damaged".equals(gap.cause())) {
                gaps.remove();
                part.unread.add(new Part.Unread(gap.seq(), gap.seq() + (gap.count() == null ? 1 : gap.count()) - 1));
                boolean said = part.remarks.stream().anyMatch(remark -> remark.kind().equals("damaged"));
                if (!said) {
                    part.remarks.add(Remark.finding("damaged", name, "seq " + gap.seq() + ": " + gap.detail(),
                            "they are lost; the next exitbox record in this folder seals the rest"));
                }
            }
        }
    }

    /// Whether as many bytes stand behind the last whole frame as the next one claims to have: that one is not being
    /// written, it is damaged.
    private static boolean isComplete(Path spool, long bytes, long tornBytes) throws IOException {
        long end;
        try (SpoolReader reader = SpoolReader.open(spool)) {
            reader.endAt(bytes);
            while (reader.next() != null) {
                // to the last whole one
            }
            end = reader.position();
        }
        try (FileChannel channel = FileChannel.open(spool, StandardOpenOption.READ)) {
            ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            if (channel.read(length, end) < 4) {
                return false;
            }
            int claimed = length.getInt(0);
            return claimed < 0 || claimed > SpoolFormat.MAX_FRAME || claimed + 8L <= tornBytes;
        }
    }
}
