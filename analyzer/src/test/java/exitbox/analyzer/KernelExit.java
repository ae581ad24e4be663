package exitbox.analyzer;

import exitbox.schemas.contract.Table;
import exitbox.schemas.layout.Field;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.SpoolFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/// A death as the kernel's record has it: the only way into a spool for a name that is no text, since rows made in
/// user space are JSON. Its struct is one of a recorder that knew a few columns only.
final class KernelExit {
    static final RecordLayout LAYOUT = new RecordLayout("exit_record", 96, List.of(new Field("table", SpoolFormat.TABLE_OFFSET, 4),
            new Field("cpu", SpoolFormat.CPU_OFFSET, 4), new Field("mono_ns", SpoolFormat.MONO_OFFSET, 8),
            new Field("boot_ns", SpoolFormat.BOOT_OFFSET, 8), new Field("pid", 24, 4), new Field("tid", 28, 4), new Field("ppid", 32, 4),
            new Field("uid", 36, 4), new Field("status", 40, 4), new Field("leader_status", 44, 4), new Field("start_mono_ns", 48, 8),
            new Field("start_boot_ns", 56, 8), new Field("comm", 64, 16), new Field("last_comm", 80, 16)));

    private KernelExit() {}

    /// The record, with the ring's header before it. Every name is that of `comm`; what the struct has no field for is left out.
    static ByteBuffer record(long monoNs, long bootNs, byte[] comm, Map<String, Object> row) {
        ByteBuffer bytes = ByteBuffer.allocate(SpoolFormat.RECORD_PREFIX + LAYOUT.size()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, LAYOUT.size());
        for (Field field : LAYOUT.fields()) {
            int at = SpoolFormat.RECORD_PREFIX + field.offset();
            switch (field.name()) {
                case "table" -> bytes.putInt(at, Table.EXITS.number());
                case "cpu" -> bytes.putInt(at, 0);
                case "mono_ns" -> bytes.putLong(at, monoNs);
                case "boot_ns" -> bytes.putLong(at, bootNs);
                case "comm", "last_comm" -> bytes.put(at, comm);
                case String name when field.size() == 4 -> bytes.putInt(at, ((Long) row.get(name)).intValue());
                case String name -> bytes.putLong(at, (Long) row.get(name));
            }
        }
        return bytes;
    }
}
