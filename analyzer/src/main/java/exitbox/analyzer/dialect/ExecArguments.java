package exitbox.analyzer.dialect;

import exitbox.analyzer.session.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// What execve was given, found again in what the kernel made of it. For a script the kernel puts its interpreters, their
/// options and the script's path where the first argument was; the path that exec was asked for ends what it put there.
final class ExecArguments {
    // Scripts of scripts, four deep, each with an option.
    private static final int INTERPRETERS = 10;
    /// How many bytes of an argument are read at most: one more than any tool prints.
    static final int BYTES = 129;

    private static final int FILENAME = 0;
    private static final int EXE = 1;
    private static final int ARGV = 2;
    private static final int READ = 3;
    private static final int ARGC = 4;
    private static final int COLUMNS = 5;

    private final int most;
    private byte[] path;
    private final List<byte[]> arguments = new ArrayList<>();
    private long count;
    private boolean kept;
    private boolean none;

    /// @param most how many arguments are wanted at most
    ExecArguments(int most) {
        this.most = most;
    }

    /// The columns of `execs` that [#read] wants, one behind the other.
    List<String> columns() {
        int wanted = most + 1 + INTERPRETERS;
        return List.of("filename", "exe",
                "array_to_string(list_transform(argv[1:" + wanted + "], lambda argument: left(hex(argument), " + 2 * BYTES + ")), ',')",
                "CASE WHEN argv IS NOT NULL THEN least(len(argv), " + wanted + ") END", "coalesce(argc, len(argv))");
    }

    static int columnCount() {
        return COLUMNS;
    }

    void read(Row row, int first) {
        String filename = row.textAt(first + FILENAME);
        String exe = row.textAt(first + EXE);
        kept = !row.isNull(first + READ);
        arguments.clear();
        int read = (int) row.longOr(first + READ, 0);
        String hex = row.textAt(first + ARGV);
        for (String argument : read == 0 ? new String[0] : hex.split(",", -1)) {
            arguments.add(HexFormat.of().parseHex(argument));
        }
        byte[] first0 = arguments.isEmpty() ? null : arguments.getFirst();
        path = filename != null ? Line.unescaped(filename) : exe != null ? Line.unescaped(exe) : first0 == null ? new byte[0] : first0;
        // Since Linux 5.18 an empty list gets one empty argument.
        none = kept && (arguments.isEmpty() || arguments.size() == 1 && arguments.getFirst().length == 0);
        int skipped = Math.min(arguments.size(), 1 + interpreters(exe));
        arguments.subList(0, skipped).clear();
        count = Math.max(0, row.longOr(first + ARGC, 0) - Math.max(1, skipped));
    }

    // An interpreter is named by a path, as the script names it, and it is what runs: not what exec was asked for.
    private int interpreters(String exe) {
        if (arguments.isEmpty() || !has(arguments.getFirst(), '/') || Arrays.equals(arguments.getFirst(), path)
                || exe != null && Arrays.equals(Line.unescaped(exe), path)) {
            return 0;
        }
        for (int i = 1; i <= Math.min(INTERPRETERS, arguments.size() - 1); i++) {
            if (same(arguments.get(i), path)) {
                return i;
            }
        }
        return 0;
    }

    // Arguments may have been cut off.
    private static boolean same(byte[] argument, byte[] path) {
        return argument.length == BYTES ? path.length >= BYTES && Arrays.equals(argument, Arrays.copyOf(path, BYTES))
                : Arrays.equals(argument, path);
    }

    private static boolean has(byte[] text, char c) {
        for (byte b : text) {
            if (b == c) {
                return true;
            }
        }
        return false;
    }

    /// The path that exec was asked for.
    byte[] path() {
        return path;
    }

    /// The arguments behind the first, as many as were wanted.
    List<byte[]> arguments() {
        return arguments;
    }

    /// How many there are behind the first in all.
    long count() {
        return count;
    }

    /// Whether there were none at all, not even the first.
    boolean none() {
        return none;
    }

    /// Whether the recorder kept any.
    boolean kept() {
        return kept;
    }
}
