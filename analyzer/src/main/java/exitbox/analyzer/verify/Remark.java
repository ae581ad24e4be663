package exitbox.analyzer.verify;

/// Something to say of a recording.
///
/// @param finding whether it is wrong; else a note: unusual, and explained
/// @param kind one word for programs, such as `changed`
/// @param where a file, a line of the catalog, a host
/// @param what a sentence
/// @param advice what to do about it; null when nothing needs to be done
public record Remark(boolean finding, String kind, String where, String what, String advice) {

    static Remark finding(String kind, String where, String what, String advice) {
        return new Remark(true, kind, where, what, advice);
    }

    static Remark note(String kind, String where, String what) {
        return new Remark(false, kind, where, what, null);
    }
}
