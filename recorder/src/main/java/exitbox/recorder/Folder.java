package exitbox.recorder;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Recording;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/// The recording's folder, held by this recorder alone until it is closed or the process dies.
final class Folder implements AutoCloseable {
    /// The file in the host's spool folder that a recorder holds locked.
    static final String LOCK = "recorder.lock";

    private final Recording recording;
    private final String host;
    private final Path lockPath;
    private final Object key;
    private final FileChannel lockFile;
    private final FileLock lock;

    private Folder(Recording recording, String host, Path lockPath, Object key, FileChannel lockFile, FileLock lock) {
        this.recording = recording;
        this.host = host;
        this.lockPath = lockPath;
        this.key = key;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /// Makes the folder when it is missing and takes its lock. The lock file is opened here only: closing another
    /// channel on it would drop the lock.
    static Folder open(Path dir, String host, Access access) {
        String problem = problem(dir, host);
        if (problem != null) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot record into " + dir + ": " + problem, null);
        }
        Recording recording = new Recording(dir);
        try {
            access.createFolders(dir, recording.spoolFolder(host));
            access.createFolders(dir, recording.catalogFolder());
            FileChannel channel = lockFile(recording, host);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                ByteBuffer holder = ByteBuffer.allocate(32);
                channel.read(holder, 0);
                channel.close();
                String pid = new String(holder.array(), 0, holder.position(), StandardCharsets.US_ASCII).strip();
                throw new Failure(Failure.CANNOT_CREATE, "cannot record into " + dir + ": "
                        + (pid.isEmpty() ? "another process" : "process " + pid)
                        + " records into it — stop that one, or choose another folder with -d", null);
            }
            return held(recording, host, access, channel, lock);
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot record into " + dir + ": " + Failure.reason(e) + where(e, dir)
                    + " — choose another folder with -d, or make this one writable", e);
        }
    }

    /// The same of another host in it; null when somebody records that one.
    static Folder openFormer(Path dir, String host, Access access) throws IOException {
        Recording recording = new Recording(dir);
        access.createFolders(dir, recording.spoolFolder(host));
        FileChannel channel = lockFile(recording, host);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return null;
        }
        return held(recording, host, access, channel, lock);
    }

    private static FileChannel lockFile(Recording recording, String host) throws IOException {
        return FileChannel.open(recording.spoolFolder(host).resolve(LOCK),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                Access.whenMade());
    }

    private static Folder held(Recording recording, String host, Access access, FileChannel channel, FileLock lock) throws IOException {
        Path path = recording.spoolFolder(host).resolve(LOCK);
        access.open(path);
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
        return new Folder(recording, host, path, key(path), channel, lock);
    }

    private static String problem(Path dir, String host) {
        try {
            return Ground.problem(dir, host);
        } catch (IOException e) {
            return Failure.reason(e);
        }
    }

    /// Device and inode; null when there is no such file.
    private static Object key(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /// Whether the folder's name still stands for the folder that is held.
    boolean stands() throws IOException {
        return key.equals(key(lockPath));
    }

    private static String where(IOException e, Path dir) {
        return e instanceof FileSystemException fs && fs.getFile() != null && !fs.getFile().equals(dir.toString())
                ? " (" + fs.getFile() + ")"
                : "";
    }

    String host() {
        return host;
    }

    Recording recording() {
        return recording;
    }

    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }
}
