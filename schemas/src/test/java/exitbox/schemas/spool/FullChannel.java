package exitbox.schemas.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file on a disk that runs full: takes `room` more bytes, then fails, having written a part.
final class FullChannel extends FileChannel {
    private final FileChannel file;
    long room = Long.MAX_VALUE;

    FullChannel(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    @Override
    public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        if (room == 0) {
            throw new IOException("No space left on device");
        }
        long written = 0;
        for (ByteBuffer buffer : buffers) {
            int taken = (int) Math.min(buffer.remaining(), room);
            written += file.write(buffer.slice(buffer.position(), taken));
            buffer.position(buffer.position() + taken);
            room -= taken;
        }
        return written;
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        file.truncate(size);
        return this;
    }

    @Override
    public FileChannel position(long position) throws IOException {
        file.position(position);
        return this;
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }

    @Override
    public int write(ByteBuffer buffer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer buffer, long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer buffer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int read(ByteBuffer buffer, long position) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] buffers, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
        throw new UnsupportedOperationException();
    }

    @Override
    public long size() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void force(boolean metaData) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
