package exitbox.schemas.decode;

import exitbox.schemas.text.CommandLine;
import java.util.Arrays;

/// A program's arguments, as they stand in its memory one behind the other, each ended by a zero byte (the last one
/// not, when it was cut).
///
/// @param list each argument's bytes
/// @param line all of them as [CommandLine] has them, UTF-8
record Arguments(byte[][] list, byte[] line) {
    private static final byte[] NONE = {};

    static Arguments of(byte[] data, int offset, int length) {
        byte[][] list = list(data, offset, length);
        return new Arguments(list, line(list, list.length));
    }

    /// The same for a process that may have written a title over its arguments, as daemons do: zeros then fill the rest
    /// of the room, which are no arguments to show in the line.
    static Arguments ofLiving(byte[] data, int offset, int length) {
        byte[][] list = list(data, offset, length);
        int shown = list.length;
        while (shown > 1 && list[shown - 1].length == 0) {
            shown--;
        }
        return new Arguments(list, line(list, shown));
    }

    private static byte[][] list(byte[] data, int offset, int length) {
        int end = offset + length;
        int count = length > 0 && data[end - 1] != 0 ? 1 : 0;
        for (int i = offset; i < end; i++) {
            count += data[i] == 0 ? 1 : 0;
        }
        byte[][] list = new byte[count][];
        int start = offset;
        for (int a = 0; a < count; a++) {
            int stop = start;
            while (stop < end && data[stop] != 0) {
                stop++;
            }
            list[a] = stop == start ? NONE : Arrays.copyOfRange(data, start, stop);
            start = stop + 1;
        }
        return list;
    }

    private static byte[] line(byte[][] list, int count) {
        return CommandLine.utf8(Arrays.asList(list).subList(0, count));
    }
}
