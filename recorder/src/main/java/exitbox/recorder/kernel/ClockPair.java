package exitbox.recorder.kernel;

/// What wall time it was at one boot time: wall time = boot_ns + ([#realNs] - [#bootNs]), give or take [#errorNs].
public record ClockPair(long bootNs, long realNs, long errorNs) {

    /// Wall time minus boot time.
    public long offsetNs() {
        return realNs - bootNs;
    }
}
