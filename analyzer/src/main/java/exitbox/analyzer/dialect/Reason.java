package exitbox.analyzer.dialect;

import exitbox.analyzer.text.TextOut;

/// What bcc's and libbpf-tools' exitsnoop have in common.
final class Reason {
    private Reason() {}

    /// `%-7.2f ` of the seconds it lived.
    static void age(Exit exit, TextOut out) {
        if (exit.startMonoNs == Exit.UNKNOWN || exit.monoNs == Exit.UNKNOWN) {
            Printf.number(out, Exit.UNKNOWN, 7);
        } else {
            Printf.seconds(out, exit.monoNs - exit.startMonoNs, 7);
        }
        out.plain(' ');
    }

    /// How it exited by itself; `-` when that is not known.
    static void code(long status, TextOut out) {
        if (status == Exit.UNKNOWN) {
            out.plain('-');
        } else if (status >> 8 == 0) {
            out.plain('0');
        } else {
            out.plain("code ").number(status >> 8);
        }
    }
}
