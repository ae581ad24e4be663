package exitbox.analyzer.recording;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;

/// Where a command finds the recording it reads.
public final class Folder {
    private Folder() {}

    /// The folder given with `-d`; otherwise the first of $EXITBOX_DIR, ./exitbox-recording and /var/lib/exitbox that exists.
    /// A [Failure] says where it looked (66), or who may read what is there (77).
    public static Path find(String given, Console console) {
        List<Path> places = places(given, console);
        for (Path place : places) {
            if (given != null || Files.exists(place)) {
                return readable(place);
            }
        }
        throw new Failure(Failure.NO_RECORDING, "no recording: looked in " + String.join(", ", places.stream().map(Path::toString).toList())
                + " — make one with: exitbox record, or say where it is with -d DIR");
    }

    /// The folder [#find] would give, or null when there is none that can be read.
    public static Path findQuietly(Console console) {
        try {
            return find(null, console);
        } catch (Failure _) {
            return null;
        }
    }

    private static List<Path> places(String given, Console console) {
        List<Path> places = new ArrayList<>();
        if (given != null) {
            places.add(console.resolve(given));
            return places;
        }
        String named = console.environment().get("EXITBOX_DIR");
        if (named != null && !named.isEmpty()) {
            places.add(console.resolve(named));
        }
        places.add(console.resolve("exitbox-recording"));
        places.add(console.resolve("/var/lib/exitbox"));
        return places;
    }

    private static Path readable(Path place) {
        try {
            Path real = place.toRealPath();
            if (!Files.isDirectory(real)) {
                throw new Failure(Failure.NO_RECORDING, place + ": no recording: it is a file — a recording is a folder");
            }
            boolean recording = false;
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(real)) {
                for (Path entry : entries) {
                    String name = entry.getFileName().toString();
                    recording |= name.equals("catalog") || name.equals("spool") || Table.ofName(name) != null;
                }
            }
            if (!recording) {
                throw new Failure(Failure.NO_RECORDING,
                        place + ": no recording: it has neither catalog nor spool — say where it is with -d DIR");
            }
            for (String part : List.of("catalog", "spool")) {
                Path folder = real.resolve(part);
                if (Files.exists(folder) && !Files.isReadable(folder)) {
                    throw denied(folder, null);
                }
            }
            return real;
        } catch (NoSuchFileException _) {
            throw new Failure(Failure.NO_RECORDING, "no recording: " + place + " does not exist — say where it is with -d DIR");
        } catch (AccessDeniedException e) {
            throw denied(Path.of(e.getFile()), e);
        } catch (IOException e) {
            throw new Failure(Failure.NO_RECORDING, "cannot read " + place + ": " + e.getMessage(), e);
        }
    }

    /// What to say of a folder that is made like a recording, and has neither catalog nor spool nor segment in it.
    public static Failure nothingIn(Path folder) {
        return new Failure(Failure.NO_RECORDING, "no recording: there is nothing in " + folder + " — say where it is with -d DIR");
    }

    /// What to say of a file that may not be read: whose it is, and how to get at it.
    public static Failure denied(Path path, IOException cause) {
        String whose = "";
        for (Path place = path; place != null && whose.isEmpty(); place = place.getParent()) {
            try {
                PosixFileAttributes attributes = Files.readAttributes(place, PosixFileAttributes.class);
                whose = (place.equals(path) ? "it" : place.toString()) + " belongs to " + attributes.owner().getName() + ", group "
                        + attributes.group().getName();
            } catch (IOException | UnsupportedOperationException _) {
                // Its parent may say more.
            }
        }
        return new Failure(Failure.NOT_PERMITTED, "cannot read " + path + ": permission denied"
                + (whose.isEmpty() ? "" : " — " + whose + "; join that group or use sudo"), cause);
    }
}
