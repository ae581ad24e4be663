package exitbox.analyzer.session;

import exitbox.analyzer.Failure;
import exitbox.analyzer.filter.RegexProblem;
import java.util.Map;

/// Looks at people's regular expressions before they become a part of a query.
final class Patterns {
    private Patterns() {}

    /// A usage [Failure] names the first that DuckDB cannot match with, and where it is wrong.
    ///
    /// @param patterns by the option that they were given with
    static void check(Session session, Map<String, String> patterns) {
        patterns.forEach((option, pattern) -> {
            try (Rows rows = session.query("SELECT regexp_matches('', " + Session.quote(pattern) + ")", false)) {
                rows.next();
            } catch (QueryFailure e) {
                String message = e.getMessage().replaceFirst("^Invalid Input Error: ", "");
                throw Failure.usage(option + " " + pattern + ": " + RegexProblem.words(pattern, message));
            }
        });
    }
}
