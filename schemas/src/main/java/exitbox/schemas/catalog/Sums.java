package exitbox.schemas.catalog;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// The sums of a host's segments as `sha256sum --check` reads them, beside the catalog that they follow from: whoever has
/// no exitbox can check files, `cd DIR && sha256sum -c catalog/host=web1.sha256`.
public final class Sums {
    private Sums() {
    }

    /// What the list has to say of the files that a catalog says are there.
    public static String text(Catalog catalog) {
        StringBuilder text = new StringBuilder();
        for (SealedSpool spool : catalog.standing()) {
            for (SegmentFile file : spool.files()) {
                text.append(file.sha256()).append("  ").append(file.path()).append('\n');
            }
        }
        return text.toString();
    }

    /// Whether a catalog tells so little of its files that the list may know of more.
    public static boolean isUnsure(Catalog catalog) {
        return catalog.problems().stream().anyMatch(Catalog.Problem::lost) || catalog.isNewer();
    }

    /// Writes the list anew. Where lines of the catalog cannot be read it is left as it was.
    static void write(Recording recording, Access access, String host, Catalog catalog) throws IOException {
        if (isUnsure(catalog)) {
            return;
        }
        Path last = recording.sums(host);
        Path temporary = last.resolveSibling("." + last.getFileName() + ".tmp");
        Files.deleteIfExists(temporary);
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text(catalog).getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            access.seal(temporary);
            Files.move(temporary, last, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
