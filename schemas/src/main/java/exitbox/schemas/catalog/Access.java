package exitbox.schemas.catalog;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;

/// Who may read a recording: its owner and one group, nobody else. Folders are 0750, open files
/// 0640, sealed ones 0440.
///
/// @param group the group's id that files get; empty to leave them the process's
public record Access(OptionalInt group) {
    private static final String FOLDER = "rwxr-x---";
    private static final String OPEN = "rw-r-----";
    private static final String SEALED = "r--r-----";

    /// The mode of a file that is still written, to be made with.
    public static FileAttribute<?> whenMade() {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OPEN));
    }

    /// The process's own group.
    public static Access own() {
        return new Access(OptionalInt.empty());
    }

    /// Makes a folder and those above it that are missing.
    public void createFolders(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            createFolders(parent);
        }
        try {
            createFolder(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
    }

    /// Makes a folder that must not be there yet.
    public void createFolder(Path folder) throws IOException {
        // At once so: with a hostile umask others could be faster.
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(FOLDER)));
        set(folder, FOLDER);
        // Or a power cut could take the folder, and what was brought to the disk in it.
        force(folder.toAbsolutePath().getParent());
    }

    /// As [#createFolders(Path)], for a folder below the recording's own. There no link is followed: it could lead a recorder, which is root,
    /// anywhere.
    public void createFolders(Path recording, Path folder) throws IOException {
        createFolders(recording);
        Path place = recording;
        for (Path name : recording.relativize(folder)) {
            place = place.resolve(name);
            if (Files.isSymbolicLink(place)) {
                throw new IOException(place + " is a link, and no folder of the recording's own");
            }
            createFolders(place);
        }
    }

    /// Whether a folder is there, and neither it nor any above it below the recording's own is a link.
    public static boolean isFolderOf(Path recording, Path folder) {
        Path place = recording;
        for (Path name : recording.relativize(folder)) {
            place = place.resolve(name);
            if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
        }
        return true;
    }

    /// Brings a folder's entries to the disk: a new or renamed file is lasting only after this.
    public static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// Gives a file that is still written to its mode and group.
    public void open(Path file) throws IOException {
        set(file, OPEN);
    }

    /// Takes the right to write away from everybody.
    public void seal(Path file) throws IOException {
        set(file, SEALED);
    }

    private void set(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        if (group.isPresent()) {
            Files.setAttribute(path, "unix:gid", group.getAsInt());
        }
    }

    /// The same path, unless what is there is no file: whoever opens a pipe waits for somebody to write into it.
    public static Path file(Path path) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IOException(path + ": is no file");
        }
        return path;
    }
}
