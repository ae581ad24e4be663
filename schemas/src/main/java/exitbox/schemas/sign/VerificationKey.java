package exitbox.schemas.sign;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A public key of Ed25519, 64 hexadecimal digits.
public record VerificationKey(String hex) {
    // What X.509 puts before the 32 bytes.
    private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final Pattern KEY = Pattern.compile("[0-9a-fA-F]{64}");
    private static final int LARGEST_FILE = 1 << 16;

    /// The key in a text: as such, or the only one in the file of that name.
    public static VerificationKey of(String text, Path file) throws IOException {
        if (KEY.matcher(text).matches()) {
            return new VerificationKey(text.toLowerCase(Locale.ROOT));
        }
        if (Files.size(file) > LARGEST_FILE) {
            throw new IOException("no verification key: larger than one could be");
        }
        Matcher matcher = KEY.matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        String found = matcher.find() ? matcher.group() : null;
        if (found == null || matcher.find()) {
            throw new IOException("no verification key: a file with one, 64 hexadecimal digits, or these themselves");
        }
        return new VerificationKey(found.toLowerCase(Locale.ROOT));
    }

    static VerificationKey of(PublicKey key) {
        byte[] encoded = key.getEncoded();
        return new VerificationKey(HexFormat.of().formatHex(encoded, X509.length, encoded.length));
    }

    /// Whether this key's signature of the text is the one given.
    public boolean verifies(String text, String signature) {
        try {
            byte[] encoded = Arrays.copyOf(X509, X509.length + 32);
            System.arraycopy(HexFormat.of().parseHex(hex), 0, encoded, X509.length, 32);
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
            verifier.update(text.getBytes(StandardCharsets.UTF_8));
            return verifier.verify(HexFormat.of().parseHex(signature));
        } catch (GeneralSecurityException | RuntimeException _) {
            // No key, or no signature.
            return false;
        }
    }
}
