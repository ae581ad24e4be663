package exitbox.schemas.spool;

/// CLOCK_REALTIME and CLOCK_BOOTTIME of one moment, nanoseconds; `errorNs` is how far apart they
/// were read at most.
public record ClockPair(long realNs, long bootNs, long errorNs) {
    public long offsetNs() {
        return realNs - bootNs;
    }
}
