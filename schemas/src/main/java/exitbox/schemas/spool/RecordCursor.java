package exitbox.schemas.spool;

import exitbox.schemas.contract.Table;
import java.nio.ByteBuffer;

/// Walks over the records of a frame. Discarded ones are passed over.
public final class RecordCursor {
    private ByteBuffer data;
    private int place;
    private int end;
    private int record;
    private int length;
    private boolean broken;

    /// Goes to before the first record of a frame, whose bytes are those from `from` to before `to`.
    public RecordCursor over(ByteBuffer bytes, int from, int to) {
        data = bytes;
        place = from;
        end = to;
        broken = false;
        return this;
    }

    /// Moves to the next record; false when there is none, or none that fits in ([#isBroken]).
    public boolean next() {
        while (end - place >= SpoolFormat.RECORD_PREFIX) {
            int word = data.getInt(place);
            length = word & ~(SpoolFormat.BUSY | SpoolFormat.DISCARDED);
            record = place + SpoolFormat.RECORD_PREFIX;
            if (length > end - record) {
                broken = true;
                return false;
            }
            place = record + SpoolFormat.aligned(length);
            if ((word & SpoolFormat.DISCARDED) == 0) {
                return true;
            }
        }
        return false;
    }

    /// Whether the records ended with one that is longer than its frame.
    public boolean isBroken() {
        return broken;
    }

    /// Where the record's struct begins in the data.
    public int record() {
        return record;
    }

    /// The length of the record's struct in bytes.
    public int length() {
        return length;
    }

    /// Whether the record is long enough for the header that all have.
    public boolean hasHeader() {
        return length >= SpoolFormat.RECORD_HEADER;
    }

    /// The record's table number; of a record without a whole header 0.
    public int table() {
        return hasHeader() ? data.getInt(record + SpoolFormat.TABLE_OFFSET) : 0;
    }

    /// The record's CPU; only when it has a header.
    public int cpu() {
        return data.getInt(record + SpoolFormat.CPU_OFFSET);
    }

    /// CLOCK_MONOTONIC of the record; only when it has a header.
    public long monoNs() {
        return data.getLong(record + SpoolFormat.MONO_OFFSET);
    }

    /// CLOCK_BOOTTIME of the record; only when it has a header.
    public long bootNs() {
        return data.getLong(record + SpoolFormat.BOOT_OFFSET);
    }

    /// Whether the record takes a seq: all do but names of cgroups.
    public boolean takesSeq() {
        return table() != Table.CGROUP_NAMES;
    }
}
