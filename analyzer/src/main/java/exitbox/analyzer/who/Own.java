package exitbox.analyzer.who;

import exitbox.analyzer.session.Reading;
import exitbox.analyzer.session.Session;
import exitbox.schemas.contract.Table;
import java.util.List;

/// The processes that somebody reads recordings with. While a recording goes on they come to stand in it, with the very word
/// on their command line that is looked for: they would answer every word, and the second time a misspelt one too.
///
/// `bin/exitbox` becomes `java … -jar …/analyzer/analyzer.jar WORDS` by way of bash and setpriv: one process, of which that
/// exec is enough to tell. What started it from outside (sudo, timeout, `sh -c`) says `exitbox COMMAND` somewhere in its
/// arguments. A recorder is none of them: it is looked for as any other program is.
public final class Own {
    /// All commands but those that are not the analyzer's.
    public static final List<String> COMMANDS =
            List.of("snoop", "why", "replay", "timeline", "tree", "top", "sql", "view", "info", "schema",
                    "verify", "seal-key", "recover", "compact", "completion", "help");

    // Below target/ where it was built, in its own folder where it was installed; a path with blanks stands in quotes.
    private static final String JAR = "-jar\\s+(?:'[^']*|\"[^\"]*|\\S*)/analyzer/(?:target/)?analyzer\\.jar(?:$|['\"\\s])";

    // As bin/exitbox takes it: options that hold for all commands may stand before the command.
    private static final String CALL = "(?:^|[\\s/='\"])exitbox(?:\\s+(?:--color(?:=|\\s+)\\w+|--no-pager|--debug))*\\s+(?:"
            + String.join("|", COMMANDS) + ")(?:$|[\\s;|&)'\"])";

    private Own() {}

    /// Their identities (host, boot_id, pid, start_boot_ns), as a parenthesized query over [Who#SOURCES].
    static String processes(Reading reading) {
        String own = " WHERE regexp_matches(cmdline, " + Session.quote(JAR + "|" + CALL) + ")";
        return "(SELECT " + Who.IDENTITY + " FROM " + reading.whole(Table.EXECS) + own + " AND coalesce(ret, 0) >= 0 UNION ALL SELECT "
                + Who.IDENTITY + " FROM " + reading.whole(Table.TASKS) + own + ")";
    }
}
