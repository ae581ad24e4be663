package exitbox.schemas.decode;

import java.nio.ByteBuffer;

/// Names of `char[16]` fields. A machine runs few programs under few names, so nearly every look-up
/// ends at a name made before; the cache has a fixed size and forgets by overwriting.
final class NameCache {
    private static final int SLOTS = 1 << 11;

    private final long[] low = new long[SLOTS];
    private final long[] high = new long[SLOTS];
    private final Name[] names = new Name[SLOTS];

    /// The name in the 16 bytes at `place`: what stands before the first NUL.
    Name at(ByteBuffer data, int place) {
        long a = data.getLong(place);
        long b = data.getLong(place + 8);
        long mixed = (a * 0x9E3779B97F4A7C15L ^ b) * 0xC2B2AE3D27D4EB4FL;
        int slot = (int) (mixed >>> 53);
        Name name = names[slot];
        if (name == null || low[slot] != a || high[slot] != b) {
            int length = 0;
            while (length < 16 && data.get(place + length) != 0) {
                length++;
            }
            name = Name.of(data.array(), place, length);
            low[slot] = a;
            high[slot] = b;
            names[slot] = name;
        }
        return name;
    }
}
