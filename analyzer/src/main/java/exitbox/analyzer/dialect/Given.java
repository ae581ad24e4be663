package exitbox.analyzer.dialect;

import exitbox.analyzer.Failure;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a tool was told: its options by their words, the last of each, and the word that stands alone.
public final class Given {
    private record Value(String typed, String text) {}

    private final Map<String, Value> values = new LinkedHashMap<>();

    void put(String word, String typed, String text) {
        values.put(word, new Value(typed, text));
    }

    public boolean has(String word) {
        return values.containsKey(word);
    }

    /// The option's value; null when it was not given.
    public String text(String word) {
        return has(word) ? values.get(word).text : null;
    }

    /// The option as it was typed, such as `-p`.
    String typed(String word) {
        return values.get(word).typed;
    }

    /// The option's value as a number; a usage [Failure] when it is none, or out of its range.
    ///
    /// @param what the kind of number, for the message
    long number(String word, String what, long least, long most, long absent) {
        if (!has(word)) {
            return absent;
        }
        String text = text(word);
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        String typed = typed(word);
        throw Failure.usage((typed.isEmpty() ? "" : typed + " ") + text + ": no such " + what + " — give a number from " + least
                + (most == Integer.MAX_VALUE ? " on" : " to " + most));
    }
}
