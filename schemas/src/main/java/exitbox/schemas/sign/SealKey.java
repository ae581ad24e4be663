package exitbox.schemas.sign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;

/// The file with the key that signs the next line of a catalog. It is changed in place, so that keys given up are
/// overwritten as far as the disk does that:
///
///     title      a line for people
///     two slots  each blank, or: epoch, private key, public key, checksum
///     the line   that was signed last, with its line end
///
/// Moving on writes the line, then the next key into the free slot, then blanks over the old one; each is on the disk before
/// the next. Wherever that is cut short, one of the slots has the key to go on with, and what is left is made up for when
/// the file is opened. In use it is locked: two recorders would sign the same epochs.
public final class SealKey implements Signer, AutoCloseable {
    private static final String TITLE = String.format(Locale.ROOT, "%-63s\n", "exitbox seal key 1: whoever can read this can sign");
    private static final HexFormat HEX = HexFormat.of();
    private static final int SLOT = 16 + 1 + 64 + 1 + 64 + 1 + 64 + 1;
    private static final int LINE = TITLE.length() + 2 * SLOT;
    private static final String BLANK = " ".repeat(SLOT - 1) + "\n";

    private final Path path;
    private final FileChannel channel;
    private final Object fileKey;
    private Key current;
    private int slot;
    private KeyPair next;

    private record Key(long epoch, String seed, String publicKey) {
        static Key of(long epoch, KeyPair pair) {
            byte[] encoded = pair.getPrivate().getEncoded();
            return new Key(epoch, HEX.formatHex(encoded, encoded.length - 32, encoded.length), VerificationKey.of(pair.getPublic()).hex());
        }

        String text() {
            String facts = String.format(Locale.ROOT, "%016x %s %s", epoch, seed, publicKey);
            return facts + " " + sha256(facts) + "\n";
        }

        /// Null when the slot is blank, or was being written.
        static Key of(String text) {
            String[] words = text.strip().split(" ");
            if (words.length != 4 || text.length() != SLOT || !sha256(String.join(" ", Arrays.copyOf(words, 3))).equals(words[3])) {
                return null;
            }
            return new Key(Long.parseLong(words[0], 16), words[1], words[2]);
        }

        PrivateKey privateKey() throws GeneralSecurityException {
            return KeyFactory.getInstance("Ed25519")
                    .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, HEX.parseHex(seed)));
        }
    }

    /// Somebody else signs with the key now.
    public static final class InUse extends IOException {
        private static final long serialVersionUID = 1L;

        InUse() {
            super("another recorder signs with it");
        }
    }

    private SealKey(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.fileKey = fileKey(path);
    }

    /// Device and inode; null when there is no such file.
    private static Object fileKey(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /// Whether its name still stands for the file that is written; from any thread. When not, whoever opens it next has another
    /// key, or an older one.
    public boolean stands() throws IOException {
        return fileKey != null && fileKey.equals(fileKey(path));
    }

    /// Makes the file, which must not exist, and gives the key to verify with: that of the first line.
    public static VerificationKey create(Path path) throws IOException {
        Key key = Key.of(0, pair());
        try (FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            try {
                write(channel, 0, TITLE + key.text() + BLANK);
            } catch (IOException e) {
                Files.delete(path);
                throw e;
            }
        }
        Path folder = path.toAbsolutePath().getParent();
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
        return new VerificationKey(key.publicKey);
    }

    /// Opens the file and locks it; an [IOException] says why it is none that can be used.
    public static SealKey open(Path path) throws IOException {
        if (Files.isSymbolicLink(path) || Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IOException("is no file of its own");
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
        String words = PosixFilePermissions.toString(mode);
        if (!words.endsWith("------")) {
            throw new IOException("others than its owner have rights to it (" + words + "): chmod 600 it, if nobody has read it");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        SealKey key = new SealKey(path, channel);
        try {
            key.load();
            return key;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void load() throws IOException {
        try {
            if (channel.tryLock() == null) {
                throw new InUse();
            }
        } catch (OverlappingFileLockException _) {
            throw new InUse();
        }
        Key[] keys = keys(channel);
        slot = newest(keys);
        current = keys[slot];
        // Of an older epoch, when moving on was cut short; else blank, or half written.
        write(channel, at(1 - slot), BLANK);
    }

    private static Key[] keys(FileChannel channel) throws IOException {
        Key[] keys = new Key[2];
        if (read(channel, 0, TITLE.length()).equals(TITLE)) {
            for (int i = 0; i < keys.length; i++) {
                keys[i] = Key.of(read(channel, at(i), SLOT));
            }
        }
        return keys;
    }

    private static int newest(Key[] keys) throws IOException {
        if (keys[0] == null && keys[1] == null) {
            throw new IOException("holds no seal key");
        }
        return keys[1] == null || keys[0] != null && keys[0].epoch > keys[1].epoch ? 0 : 1;
    }

    /// The key of one moment, as anybody may know it.
    public record State(long epoch, VerificationKey verificationKey) {
    }

    /// What a file says of its key, also while a recorder signs with it.
    public static State state(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            Key[] keys = keys(channel);
            Key key = keys[newest(keys)];
            return new State(key.epoch, new VerificationKey(key.publicKey));
        }
    }

    private static int at(int slot) {
        return TITLE.length() + slot * SLOT;
    }

    public Path path() {
        return path;
    }

    /// The public key of this epoch: what the last signed line named as the next one.
    public VerificationKey verificationKey() {
        return new VerificationKey(current.publicKey);
    }

    @Override
    public long epoch() {
        return current.epoch;
    }

    @Override
    public String nextKey() {
        if (next == null) {
            next = pair();
        }
        return VerificationKey.of(next.getPublic()).hex();
    }

    @Override
    public String sign(String text) throws IOException {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(current.privateKey());
            signature.update(text.getBytes(StandardCharsets.UTF_8));
            return HEX.formatHex(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IOException(path + ": cannot sign with it: " + e.getMessage(), e);
        }
    }

    @Override
    public void moveOn(String line) throws IOException {
        nextKey();
        Key key = Key.of(current.epoch + 1, next);
        channel.truncate(LINE);
        write(channel, LINE, line + "\n");
        write(channel, at(1 - slot), key.text());
        write(channel, at(slot), BLANK);
        current = key;
        slot = 1 - slot;
        next = null;
    }

    @Override
    public String pending() throws IOException {
        String text = read(channel, LINE, (int) Math.max(0, channel.size() - LINE));
        return text.endsWith("\n") && text.indexOf('\n') == text.length() - 1 ? text.substring(0, text.length() - 1) : null;
    }

    private static String read(FileChannel channel, int at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && channel.read(bytes, at + bytes.position()) >= 0) {
            // until it is full, or the file ends
        }
        return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    }

    private static void write(FileChannel channel, long at, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes, at + bytes.position());
        }
        channel.force(true);
    }

    private static KeyPair pair() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has Ed25519", e);
        }
    }

    private static String sha256(String text) {
        try {
            return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// Gives the file free for others.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
