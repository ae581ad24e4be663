package exitbox.analyzer.session;

import exitbox.analyzer.Failure;
import exitbox.analyzer.recording.Evidence;
import exitbox.analyzer.terminal.Pages;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.segment.SegmentCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Writes an answer, and begins anew when a file turns out to be damaged, deleted, or of another version, only while it is read.
final class Answering {
    private final Reading reading;
    private final Where where;

    Answering(Reading reading, Where where) {
        this.reading = reading;
        this.where = where;
    }

    /// False when it was written in part only, because whoever looked at its pages has seen enough.
    boolean write(TextOut out, Runnable writing) {
        try {
            writeOrMend(out, writing);
            out.flush();
            return true;
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof Pages.Left) {
                return false;
            }
            throw e;
        }
    }

    private void writeOrMend(TextOut out, Runnable writing) {
        while (true) {
            try {
                writing.run();
                return;
            } catch (QueryFailure e) {
                boolean deleted = reading.mend(e);
                if (!deleted) {
                    cure(e);
                }
                if (!out.takeBack()) {
                    List<Evidence.Problem> problems = reading.evidence().problems();
                    throw deleted && problems.isEmpty() ? reading.overtaken(e)
                            : new Failure(Failure.DAMAGED,
                                    "the answer ends here: " + (problems.isEmpty() ? e.getMessage()
                                            : String.join("; ", problems.stream().map(Evidence.Problem::what).toList())),
                                    e);
                }
            }
        }
    }

    /// Makes the tables such that the answer may succeed when it is begun anew, or throws what it failed of.
    private void cure(QueryFailure e) {
        // What DuckDB has against the query itself has a position in it.
        if (!where.isNone() && !e.getMessage().contains("\nLINE ") && !e.mayBeDamage()) {
            throw where.failed(e);
        }
        boolean curable = e.wantsUnion() ? reading.uniteColumns() : e.mayBeDamage() && findDamage();
        if (!curable) {
            throw e;
        }
        reading.renew();
    }

    private boolean findDamage() {
        Evidence evidence = reading.evidence();
        boolean found = false;
        for (Path file : reading.files()) {
            try {
                SegmentCheck.rows(file);
            } catch (IOException | RuntimeException e) {
                String message = String.valueOf(e.getMessage());
                int head = file.toString().length() + 2;
                boolean ours = message.startsWith(file.toString()) && message.length() > head;
                found |= evidence.leaveOut(file, "is damaged: " + (ours ? message.substring(head) : "its pages make no sense"));
            }
        }
        return found;
    }

    /// What a failed query failed of, once more with all tables and views made: DuckDB then names the one that was meant.
    QueryFailure better(QueryFailure failure, String sql) {
        if (!failure.getMessage().startsWith("Catalog Error: Table")) {
            return failure;
        }
        try {
            reading.provide(Set.of(), true);
            reading.session().describe(sql);
            return failure;
        } catch (QueryFailure better) {
            return better;
        }
    }
}
