package exitbox.recorder;

import java.util.Arrays;
import java.util.stream.Collectors;

/// What the recorder does when there is no room for what it records.
enum OnFull {
    /// Seals what there is, writes why, and ends.
    STOP("stop"),
    /// Stays, counts what happens as a known loss, and goes on recording when there is room again.
    COUNT_ONLY("count-only"),
    /// Deletes the oldest sealed segments; counts when none is left.
    DROP_OLDEST("drop-oldest");

    private final String word;

    OnFull(String word) {
        this.word = word;
    }

    /// By its word on the command line; an [IllegalArgumentException] names those there are.
    static OnFull of(String word) {
        return Arrays.stream(values()).filter(policy -> policy.word.equals(word)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(word + ": there are "
                        + Arrays.stream(values()).map(policy -> policy.word).collect(Collectors.joining(", "))));
    }
}
