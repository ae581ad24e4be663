package exitbox.recorder;

/// How much of `--keep-size` is left while spools grow faster than the folder is measured. The drain's thread tells what it
/// has written, the seal thread what all takes.
final class Quota {
    /// With less there is hardly a recording.
    static final long LEAST = 4 << 20;

    private static final long NONE = Long.MAX_VALUE;
    // What is written in one go, and the catalog's lines.
    private static final long SLACK = (1 << 20) + (64 << 10);
    // Footers and half-filled blocks, for each table a few KiB however few its rows.
    private static final long FILES = 128 << 10;
    // The parts of it that spools in all stages, their segments in the making and the reserve can take are then less than two thirds.
    private static final int SPOOLS = 8;
    private static final int AHEAD = 2;

    private final long limit;
    private final long spoolBytes;
    private volatile long spooled;
    // What all took, less what had been spooled then.
    private volatile long besides = Long.MIN_VALUE;

    /// @param limit null when there is none
    /// @param rotateSize how large a spool is to grow
    Quota(Long limit, long rotateSize) {
        this.limit = limit == null ? NONE : limit;
        this.spoolBytes = Math.min(rotateSize, this.limit / SPOOLS);
    }

    boolean isLimited() {
        return limit != NONE;
    }

    /// How large a spool may grow, so that many fit.
    long spoolBytes() {
        return spoolBytes;
    }

    /// What is to be free before more is written: for the segments of the spool that is being sealed, and what is written
    /// until this is asked again.
    private long margin() {
        return spoolBytes / Reserve.SHARE + FILES + Math.min(SLACK, spoolBytes);
    }

    /// Bytes that this run has written into spools up to now.
    void spooled(long bytes) {
        spooled = bytes;
    }

    long spooled() {
        return spooled;
    }

    /// What all below the folder takes, measured when this much had been spooled at least.
    void measured(long total, long spooledThen) {
        besides = total - spooledThen;
    }

    /// How much may be written now; nothing when it is not positive.
    long left() {
        return isLimited() && besides != Long.MIN_VALUE ? limit - margin() - besides - spooled : NONE;
    }

    boolean isReached() {
        return left() <= 0;
    }

    /// How many of these bytes have to go, so that spools can be written until this is asked again, after the next is sealed.
    long excess(long total) {
        return isLimited() ? Math.max(total + AHEAD * spoolBytes + margin() - limit, 0) : 0;
    }

    /// As the option has it.
    String text() {
        return Quantity.text(limit);
    }
}
