package exitbox.analyzer.verify;

import exitbox.schemas.catalog.Access;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The sha256 of files, as the catalog has it.
final class Hash {
    private static final int BUFFER = 1 << 18;

    private Hash() {}

    static String of(Path path, Work work) throws IOException {
        try (FileChannel channel = FileChannel.open(Access.file(path), StandardOpenOption.READ)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
            for (int read = channel.read(buffer); read >= 0; read = channel.read(buffer.clear())) {
                digest.update(buffer.flip());
                work.done(read);
                work.checkCancelled();
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
