package exitbox.recorder.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// Where a recording's programs, links and maps are pinned: a folder of their own in a BPF file system. What is pinned stays
/// at work when its recorder is gone, until the machine is: the kernel goes on collecting for the one that takes over.
///
/// A set is whole when `facts` is in it: that is pinned last and removed first. Links may lack all the same: a recorder that
/// stops removes them before it empties the rings.
public final class Pins {
    private static final Path BPF_FILE_SYSTEM = Path.of("/sys/fs/bpf");
    private static final String FACTS = "facts";
    private static final String MAP = "map_";
    private static final String PROGRAM = "program_";
    private static final String LINK = "link_";

    private final Path folder;

    private Pins(Path folder) {
        this.folder = folder;
    }

    /// Where pins are by default. Folders in it are for root alone: others need a BPF file system of their own.
    public static Path usualRoot() {
        return BPF_FILE_SYSTEM.resolve("exitbox");
    }

    /// Those of a host's recording in a folder, which need not exist. Its path is what counts, so that they are found also when
    /// somebody has removed the folder.
    public static Pins of(Path root, Path dir, String host) {
        String recording = dir.toAbsolutePath().normalize() + "\0" + host;
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(recording.getBytes(StandardCharsets.UTF_8));
            return new Pins(root.resolve(HexFormat.of().formatHex(hash, 0, 8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    public Path folder() {
        return folder;
    }

    /// Whether a whole set is pinned here.
    public boolean stand() {
        return Files.exists(folder.resolve(FACTS));
    }

    /// Whether anything is pinned here, as far as this user can see.
    public boolean exist() throws IOException {
        return Files.exists(folder) && isBpf(folder);
    }

    private static boolean isBpf(Path place) throws IOException {
        return Files.getFileStore(place).type().equals("bpf");
    }

    /// Throws [KernelException] when nothing can be pinned here.
    public void require() {
        Path place = folder.getParent();
        while (!Files.exists(place) && place.getParent() != null) {
            place = place.getParent();
        }
        try {
            if (!isBpf(place)) {
                throw new KernelException(KernelException.BPF_REFUSED, "cannot pin in " + folder.getParent()
                        + ": that is in no BPF file system — mount one (mount -t bpf -o mode=0700 bpf " + BPF_FILE_SYSTEM
                        + "), name a folder in one with --bpffs, or record without --pin");
            }
            if (!Files.isWritable(place)) {
                throw new KernelException(KernelException.BPF_REFUSED, "cannot pin in " + folder.getParent() + ": " + place
                        + " is not writable for this user — name a folder in another BPF file system with --bpffs, or record without --pin");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The folder, empty but for what a recorder left that died while it pinned or unpinned.
    void begin() {
        clear();
        try {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            throw refused("make " + folder, "a file is in the way");
        } catch (IOException e) {
            throw refused("make " + folder, e.getMessage());
        }
    }

    void map(String name, int fd) {
        pin(name.equals(FACTS) ? FACTS : MAP + name, fd);
    }

    void program(String name, int fd) {
        pin(PROGRAM + name, fd);
    }

    void link(String program, long link) {
        pin(LINK + program, LibBpf.bpf_link__fd(link));
    }

    private void pin(String name, int fd) {
        Path path = folder.resolve(name);
        try (Arena arena = Arena.ofConfined()) {
            if (LibBpf.bpf_obj_pin(fd, arena.allocateFrom(path.toString())) != 0) {
                throw refused("pin " + path, Errno.name(Native.errno()));
            }
        }
    }

    int openMap(String name) {
        return open(name.equals(FACTS) ? FACTS : MAP + name);
    }

    int openProgram(String name) {
        return open(PROGRAM + name);
    }

    private int open(String name) {
        Path path = folder.resolve(name);
        try (Arena arena = Arena.ofConfined()) {
            int fd = LibBpf.bpf_obj_get(arena.allocateFrom(path.toString()));
            if (fd < 0) {
                throw refused("take over " + path, Errno.name(Native.errno()));
            }
            return fd;
        }
    }

    /// Whether each of these programs is still attached.
    boolean linked(List<String> programs) {
        return programs.stream().allMatch(program -> Files.exists(folder.resolve(LINK + program)));
    }

    /// A link, or 0 when that one is there no more.
    long openLink(String program) {
        try (Arena arena = Arena.ofConfined()) {
            return LibBpf.bpf_link__open(arena.allocateFrom(folder.resolve(LINK + program).toString()));
        }
    }

    /// From now on links last no longer than those who have them open.
    void releaseLinks() {
        remove(LINK + "*");
    }

    /// Removes all of it: what nobody has open is gone from the kernel. A second call does nothing.
    public void clear() {
        remove(FACTS);
        remove("*");
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw refused("remove " + folder, e.getMessage());
        }
    }

    private void remove(String names) {
        try (DirectoryStream<Path> pins = Files.newDirectoryStream(folder, names)) {
            for (Path pin : pins) {
                Files.deleteIfExists(pin);
            }
        } catch (NoSuchFileException e) {
            // Nothing is pinned.
        } catch (IOException e) {
            throw refused("remove pins in " + folder, e.getMessage());
        }
    }

    private static KernelException refused(String what, String reason) {
        return new KernelException(KernelException.BPF_REFUSED, "cannot " + what + ": " + reason + " — see what is there as root: ls -l "
                + BPF_FILE_SYSTEM + "/*, or record without --pin");
    }
}
