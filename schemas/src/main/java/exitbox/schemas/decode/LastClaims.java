package exitbox.schemas.decode;

import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.Frame;
import exitbox.schemas.spool.RecordCursor;
import exitbox.schemas.spool.SpoolFormat;
import exitbox.schemas.spool.SpoolHeader;
import exitbox.schemas.spool.SpoolReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// For each process that claims to have died, the seq of its last claim: where the kernel cannot tell which thread was the last,
/// two may have claimed it.
///
/// A hash table of numbers: as objects those of a large spool take more than the recorder's heap has.
final class LastClaims {
    private static final long NONE = -1;

    private int[] pids;
    private long[] starts;
    private long[] seqs;
    private int size;

    // Of an exit record; its size is 0 when it has no such fields.
    private int recordBytes;
    private int pidOffset;
    private int startOffset;

    LastClaims() {
        clear();
    }

    /// Whether the kernel could not tell.
    static boolean areNeeded(SpoolHeader header) {
        return "live".equals(header.exitHook());
    }

    /// Adds those of the frames that the reader comes to; it comes to the end.
    void read(SpoolReader reader) throws IOException {
        RecordLayout layout = Needs.find(reader.header().layouts(), "exit_record");
        Field pid = layout == null ? null : layout.find("pid");
        Field start = layout == null ? null : layout.find("start_boot_ns");
        boolean told = pid != null && pid.size() == 4 && start != null && start.size() == 8;
        recordBytes = told ? layout.size() : 0;
        pidOffset = told ? pid.offset() : 0;
        startOffset = told ? start.offset() : 0;
        RecordCursor cursor = new RecordCursor();
        for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
            if (!told || frame.ring() == SpoolFormat.USER_RING) {
                continue;
            }
            long seq = frame.firstSeq();
            cursor.over(frame.records(), 0, frame.length());
            while (cursor.next()) {
                if (cursor.takesSeq()) {
                    if (cursor.table() == Table.EXITS.number() && cursor.length() == recordBytes) {
                        put(frame.records(), cursor.record(), seq);
                    }
                    seq++;
                }
            }
        }
    }

    /// Whether no later claim than this one is known of the process of an exit record.
    boolean isLast(ByteBuffer data, int record, long seq) {
        if (recordBytes == 0) {
            return true;
        }
        long last = seqs[slot(data.getInt(record + pidOffset), data.getLong(record + startOffset))];
        return last == NONE || last == seq;
    }

    void clear() {
        size = 0;
        allot(256);
    }

    private void allot(int slots) {
        pids = new int[slots];
        starts = new long[slots];
        seqs = new long[slots];
        Arrays.fill(seqs, NONE);
    }

    private void put(ByteBuffer data, int record, long seq) {
        if (size > seqs.length / 4 * 3) {
            grow();
        }
        int pid = data.getInt(record + pidOffset);
        long start = data.getLong(record + startOffset);
        int slot = slot(pid, start);
        if (seqs[slot] == NONE) {
            size++;
        }
        pids[slot] = pid;
        starts[slot] = start;
        seqs[slot] = seq;
    }

    private void grow() {
        int[] oldPids = pids;
        long[] oldStarts = starts;
        long[] oldSeqs = seqs;
        allot(oldSeqs.length * 2);
        for (int i = 0; i < oldSeqs.length; i++) {
            if (oldSeqs[i] != NONE) {
                int slot = slot(oldPids[i], oldStarts[i]);
                pids[slot] = oldPids[i];
                starts[slot] = oldStarts[i];
                seqs[slot] = oldSeqs[i];
            }
        }
    }

    /// Where this process is, or would be.
    private int slot(int pid, long start) {
        int mask = seqs.length - 1;
        long mixed = (start ^ pid * 0xC2B2AE3D27D4EB4FL) * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32) & mask;
        while (seqs[slot] != NONE && (pids[slot] != pid || starts[slot] != start)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
