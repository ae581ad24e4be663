package exitbox.analyzer.format;

import exitbox.analyzer.session.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;

/// Writes an answer as an Arrow IPC stream. A class of its own: loading Arrow takes 200 ms, which no other format should pay.
public final class ArrowFile {
    private static final int BATCH_ROWS = 1 << 14;

    private ArrowFile() {}

    public static void write(Session session, String query, Long limit, OutputStream out) {
        try (BufferAllocator allocator = new RootAllocator();
                Session.ArrowRows rows = session.arrow(ParquetFile.portable(session, query, limit), allocator, BATCH_ROWS)) {
            ArrowReader reader = rows.reader();
            try (ArrowStreamWriter writer = new ArrowStreamWriter(reader.getVectorSchemaRoot(), reader, Channels.newChannel(out))) {
                writer.start();
                while (reader.loadNextBatch()) {
                    writer.writeBatch();
                }
                writer.end();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
