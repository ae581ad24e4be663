package exitbox.schemas.decode;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Things made of bytes, found again by those bytes: a machine runs few programs with few arguments, again and again.
/// A fixed number of slots, which forget by overwriting; what is longer than `longest` is made anew each time.
final class Contents<T> {
    private final int longest;
    private final int mask;
    private final byte[][] keys;
    private final Object[] things;
    private final Maker<T> maker;

    interface Maker<T> {
        T of(byte[] data, int offset, int length);
    }

    /// @param slots a power of two
    Contents(int slots, int longest, Maker<T> maker) {
        this.longest = longest;
        this.mask = slots - 1;
        this.keys = new byte[slots][];
        this.things = new Object[slots];
        this.maker = maker;
    }

    @SuppressWarnings("unchecked")
    T at(ByteBuffer data, int place, int length) {
        if (length > longest) {
            return maker.of(data.array(), place, length);
        }
        int slot = slot(data, place, length);
        byte[] key = keys[slot];
        if (key == null || key.length != length || !Arrays.equals(key, 0, length, data.array(), place, place + length)) {
            keys[slot] = Arrays.copyOfRange(data.array(), place, place + length);
            things[slot] = maker.of(data.array(), place, length);
        }
        return (T) things[slot];
    }

    private int slot(ByteBuffer data, int place, int length) {
        long hash = length;
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            hash = (Long.rotateLeft(hash, 29) ^ data.getLong(place + i)) * 0x9E3779B97F4A7C15L;
        }
        for (; i < length; i++) {
            hash = (hash ^ data.get(place + i)) * 0xC2B2AE3D27D4EB4FL;
        }
        return (int) (hash >>> 32) & mask;
    }
}
