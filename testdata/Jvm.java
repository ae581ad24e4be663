import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// What only a JVM does with signals. `null`: writes to address 0 and crashes. Otherwise it has met so many null pointers,
/// each a SIGSEGV that it handles itself, says "ready", and waits for a line to end.
///   java -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED Jvm.java 50
class Jvm {
    static void main(String[] args) throws Exception {
        if (args[0].equals("null")) {
            MemorySegment.NULL.reinterpret(8).set(ValueLayout.JAVA_INT, 0, 1);
        }
        int[] some = new int[1];
        for (int i = 0; i < 20_000; i++) {
            length(some); // until it is compiled: the interpreter asks first
        }
        for (int i = Integer.parseInt(args[0]); i > 0;) {
            try {
                length(null);
            } catch (NullPointerException e) {
                i--;
            }
        }
        System.out.println("ready");
        System.in.read();
    }

    private static int length(int[] array) {
        return array.length;
    }
}
