package exitbox.analyzer.dialect;

import java.nio.charset.StandardCharsets;
import java.util.function.LongFunction;

/// What a tool makes of exit words, made once for each: there are few in any recording.
final class Words {
    private final LongFunction<String> making;
    private final byte[][] made = new byte[1 << 16][];

    Words(LongFunction<String> making) {
        this.making = making;
    }

    byte[] of(long status) {
        if (status < 0 || status >= made.length) {
            return bytes(status);
        }
        byte[] word = made[(int) status];
        if (word == null) {
            word = bytes(status);
            made[(int) status] = word;
        }
        return word;
    }

    private byte[] bytes(long status) {
        return making.apply(status).getBytes(StandardCharsets.UTF_8);
    }

    /// How a thread exited by itself, as bcc and libbpf-tools write it; `-` when that is not known.
    static String code(long status) {
        return status == Exit.UNKNOWN ? "-" : status >> 8 == 0 ? "0" : "code " + (status >> 8);
    }
}
