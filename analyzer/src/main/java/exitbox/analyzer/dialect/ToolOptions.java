package exitbox.analyzer.dialect;

/// What a tool was told, whichever it is: an option it does not have is off.
///
/// @param utc timestamps are of UTC; implies `timestamp`
/// @param label a word for each line; null for none
/// @param pid only this process; 0 for all
/// @param perThread a line for every thread, not for leaders only
/// @param cgroup only processes below this folder of cgroups; null for all
public record ToolOptions(boolean timestamp, boolean utc, String label, boolean failed, int pid, boolean perThread, String cgroup) {
    public static final ToolOptions NONE = new ToolOptions(false, false, null, false, 0, false, null);

    static ToolOptions of(Given given) {
        boolean utc = given.has("utc");
        return new ToolOptions(given.has("timestamp") || utc, utc, given.text("label"), given.has("failed"),
                (int) given.number("pid", "process id", 1, Integer.MAX_VALUE, 0), given.has("per-thread") || given.has("threaded"),
                given.text("cgroup"));
    }
}
