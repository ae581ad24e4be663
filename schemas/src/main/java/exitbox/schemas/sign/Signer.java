package exitbox.schemas.sign;

import java.io.IOException;

/// Signs lines, each with a key of its own: the line names the key of the next one, and its own is gone before it stands.
/// So whoever gets the key later can sign what comes, and nothing again that was.
public interface Signer {
    /// Which key signs the next line; the first is 0.
    long epoch();

    /// The public key of the epoch behind that one.
    String nextKey() throws IOException;

    /// The signature of a text by the key of this epoch.
    String sign(String text) throws IOException;

    /// Gives up the key of this epoch: from now on this line is the only one that it ever signed. Keeps the line, so that it
    /// can be made to stand after a death.
    void moveOn(String line) throws IOException;

    /// The line for which the last key was given up, which may or may not stand; null when there was none.
    String pending() throws IOException;
}
