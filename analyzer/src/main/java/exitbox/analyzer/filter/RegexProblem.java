package exitbox.analyzer.filter;

/// What is wrong with a regular expression, and where. RE2, which DuckDB matches with, says what it stumbled over,
/// but not where that stands.
public final class RegexProblem {
    private RegexProblem() {}

    /// A clause for a person, of RE2's own message.
    public static String words(String pattern, String message) {
        int colon = message.indexOf(": ");
        String what = colon < 0 ? message : message.substring(0, colon);
        String part = colon < 0 ? "" : message.substring(colon + 2);
        return switch (what) {
            case "missing )" -> "the ( at character " + unmatched(pattern, true) + " is never closed — \\( matches a ( itself";
            case "unexpected )" -> "the ) at character " + unmatched(pattern, false) + " closes nothing — \\) matches a ) itself";
            case "missing ]" -> "the [" + at(pattern, part) + " is never closed — \\[ matches a [ itself";
            case "trailing \\" -> "the \\ at its end escapes nothing — \\\\ matches a \\ itself";
            case "no argument for repetition operator" -> part + at(pattern, part) + " repeats nothing — \\" + part + " matches it itself";
            case "invalid perl operator" -> part + at(pattern, part) + " is not known: this is RE2's syntax, without look-around";
            default -> what + (part.isEmpty() ? "" : " " + part + at(pattern, part));
        };
    }

    private static String at(String pattern, String part) {
        int index = part.isEmpty() ? -1 : pattern.indexOf(part);
        return index < 0 ? "" : " at character " + (pattern.codePointCount(0, index) + 1);
    }

    /// The place of the last parenthesis without a partner, from 1, in code points.
    private static int unmatched(String pattern, boolean opening) {
        java.util.ArrayDeque<Integer> open = new java.util.ArrayDeque<>();
        boolean inClass = false;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == '[' && !inClass) {
                inClass = true;
                // A ] that comes first stands for itself.
                i += pattern.startsWith("^]", i + 1) ? 2 : pattern.startsWith("]", i + 1) ? 1 : 0;
            } else if (c == ']') {
                inClass = false;
            } else if (c == '(' && !inClass) {
                open.push(i);
            } else if (c == ')' && !inClass && open.poll() == null && !opening) {
                return pattern.codePointCount(0, i) + 1;
            }
        }
        return open.isEmpty() ? 1 : pattern.codePointCount(0, open.peek()) + 1;
    }
}
