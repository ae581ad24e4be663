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
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
            FileChannel channel = FileChannel.open(lockPath(recording, host), Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS), Access.whenMade());
            FileLock lock = channel.tryLock();
            if (lock == null) {
                Holder holder = Holder.read(channel);
                channel.close();
                throw new Failure(Failure.CANNOT_CREATE, "cannot record into " + dir + ": "
                        + (holder == null ? "another process" : "process " + holder.pid())
                        + " records into it — stop that one, or choose another folder with -d", null);
            }
            return held(recording, host, access, channel, lock);
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot record into " + dir + ": " + Failure.reason(e) + where(e, dir)
                    + " — choose another folder with -d, or make this one writable", e);
        }
    }

    /// The same of another host in it, which this machine was; null when somebody records that one.
    static Folder openFormer(Path dir, String host, Access access) throws IOException {
        Recording recording = new Recording(dir);
        FileChannel channel = FileChannel.open(lockPath(recording, host), StandardOpenOption.READ, StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return null;
        }
        return held(recording, host, access, channel, lock);
    }

    /// Who has the lock, or had it last.
    ///
    /// @param pid in digits
    /// @param machine the same for all recorders of a machine, and for those of no other; "" when that is not known
    record Holder(String pid, String machine, String host) {
        private static final Path MACHINE_ID = Path.of("/etc/machine-id");
        private static final int MOST_BYTES = 1 << 10;

        static Holder here(String host) {
            return new Holder(Long.toString(ProcessHandle.current().pid()), thisMachine(), host);
        }

        /// Null when nothing stands there.
        static Holder read(FileChannel channel) throws IOException {
            ByteBuffer bytes = ByteBuffer.allocate(MOST_BYTES);
            channel.read(bytes, 0);
            String[] lines = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).split("\n", -1);
            return lines[0].isBlank() ? null
                    : new Holder(lines[0].strip(), lines.length > 1 ? lines[1] : "", lines.length > 2 ? lines[2] : "");
        }

        String text() {
            return pid + "\n" + machine + "\n" + host + "\n";
        }

        boolean isThisMachine() {
            return !machine.isEmpty() && machine.equals(thisMachine());
        }

        /// Made of what machine-id(5) says is not to be told.
        private static String thisMachine() {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256")
                        .digest(("exitbox\0" + Files.readString(MACHINE_ID).strip()).getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(hash, 0, 8);
            } catch (IOException e) {
                return "";
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }

    /// Who holds, or held, a host's folder of spools; null when nobody did.
    static Holder lastHolder(Path spools) throws IOException {
        try (FileChannel channel =
                FileChannel.open(Access.file(spools.resolve(LOCK)), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return Holder.read(channel);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return null;
        }
    }

    private static Path lockPath(Recording recording, String host) {
        return recording.spoolFolder(host).resolve(LOCK);
    }

    private static Folder held(Recording recording, String host, Access access, FileChannel channel, FileLock lock) throws IOException {
        Path path = lockPath(recording, host);
        access.open(path);
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(Holder.here(host).text().getBytes(StandardCharsets.UTF_8)), 0);
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
