package exitbox.recorder;

/// How much of a file system is left to others.
///
/// @param percent of the whole file system; -1 when `bytes` says it
record KeepFree(int percent, long bytes) {

    /// Reads `10%` or `5G`; an [IllegalArgumentException] says what is wrong.
    static KeepFree of(String text) {
        if (!text.endsWith("%")) {
            try {
                return new KeepFree(-1, Quantity.bytes(text));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(text + ": neither a size nor a share: 5G, 10%, 0", e);
            }
        }
        String digits = text.substring(0, text.length() - 1);
        if (!digits.matches("\\d{1,2}")) {
            throw new IllegalArgumentException(text + ": not a share: 0% to 99%");
        }
        return new KeepFree(Integer.parseInt(digits), 0);
    }

    /// Of a file system of this size.
    long of(long totalBytes) {
        // Divided first: no size is too large then.
        return percent < 0 ? bytes : totalBytes / 100 * percent;
    }
}
