package exitbox.analyzer.command;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Notices;
import exitbox.analyzer.filter.Fields;
import exitbox.analyzer.filter.Filters;
import exitbox.analyzer.filter.Window;
import exitbox.analyzer.live.Ending;
import exitbox.analyzer.live.Event;
import exitbox.analyzer.live.Follow;
import exitbox.analyzer.live.Form;
import exitbox.analyzer.live.Sources;
import exitbox.analyzer.session.Reading;
import exitbox.analyzer.text.TextOut;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.catalog.SealedSpool;
import exitbox.schemas.contract.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// What comes after a replay's answer: the rows that recorders go on to write.
///
/// The spools are opened before the answer is made, and those begun since while it is: so none of their rows is missed
/// when they are sealed meanwhile, however long the answer takes.
final class Following implements AutoCloseable {
    private static final long TICK_MILLIS = 100;
    private static final long LOOK_NANOS = 50_000_000;

    private final Console console;
    private final Predicate<Fields> choice;
    private final Sources sources;
    private final List<Path> folders = new ArrayList<>();
    private long sinceMicros = Long.MIN_VALUE;
    private long untilMicros = Long.MAX_VALUE;
    private volatile boolean ahead = true;
    private boolean live;
    private boolean asked;

    private Following(Console console, Predicate<Fields> choice, Set<Table> tables) {
        this.console = console;
        this.choice = choice;
        this.sources = new Sources(tables);
    }

    /// Refuses what cannot be followed.
    ///
    /// @param tables those whose rows are to be shown
    /// @param byCgroup whether the form itself chooses by cgroup
    static void check(Filters filters, Set<Table> tables, boolean byCgroup) {
        filters.check();
        if (filters.newestFirst()) {
            throw Failure.usage("-r: the newest is yet to come with --follow — leave out one of them");
        }
        if (filters.run() != null) {
            throw Failure.usage("--run: --follow goes on with whatever is recorded — leave out one of them");
        }
        if (byCgroup || tables.contains(Table.THREAD_EXITS) && filters.choosesByCgroup()) {
            throw Failure.usage("--follow: the end of a thread does not tell its cgroup — choose a form of processes: --as text or json");
        }
        filters.choice(tables);
    }

    /// Opens the spools of a recording. The filters have been checked.
    static Following hold(Console console, Path recording, Filters filters, Set<Table> tables) {
        Following following = new Following(console, filters.choice(tables), tables);
        Set<String> wanted = new HashSet<>();
        filters.hosts().forEach(host -> wanted.add(Recording.hostFolder(host)));
        Path spools = new Recording(recording).spoolFolder();
        if (!Files.isDirectory(spools)) {
            return following;
        }
        try (DirectoryStream<Path> hosts = Files.newDirectoryStream(spools, "host=*")) {
            for (Path host : hosts) {
                if ((wanted.isEmpty() || wanted.contains(host.getFileName().toString())) && following.sources.hold(host)) {
                    following.folders.add(host);
                }
            }
            Thread.ofPlatform().name("look-ahead").daemon().start(following::lookAhead);
            return following;
        } catch (IOException e) {
            throw new Failure(Failure.DAMAGED, "cannot follow " + recording + ": " + e.getMessage(), e);
        }
    }

    private void lookAhead() {
        try {
            while (ahead) {
                sources.lookAhead();
                LockSupport.parkNanos(LOOK_NANOS);
            }
        } catch (IOException _) {
            // Said by the one who reads.
        }
    }

    /// Goes on behind the rows that an answer was made of, and within its window.
    void from(Reading reading) {
        Recording recording = new Recording(reading.evidence().folder());
        Map<Path, Long> nextSeqs = new HashMap<>();
        reading.unsealed().nextSeqs().forEach((host, seq) -> nextSeqs.put(recording.spoolFolder(host), seq));
        for (SealedSpool spool : reading.evidence().sealed()) {
            nextSeqs.merge(recording.spoolFolder(spool.host()), spool.nextSeq(), Math::max);
        }
        folders.forEach(folder -> sources.from(folder, nextSeqs.getOrDefault(folder, 1L)));
        Window span = reading.span();
        sinceMicros = span.since() == null ? Long.MIN_VALUE : Window.micros(span.since());
        untilMicros = span.until() == null ? Long.MAX_VALUE : Window.micros(span.until());
        live = reading.isLive() && !folders.isEmpty() && untilMicros > nowMicros();
    }

    /// Whether there is anything to follow.
    boolean isLive() {
        return live;
    }

    /// Shows what comes until somebody asks for the end, all recorders have stopped, the window is over, or there were
    /// so many lines; returns how many there were.
    long run(Form form, long mostLines, TextOut out, Notices notices) {
        Predicate<Event> chosen = event -> event.number("ts", Long.MIN_VALUE) >= sinceMicros && choice.test(event);
        Follow follow = new Follow(sources, form, chosen, out, notices);
        follow.endAfter(mostLines);
        ahead = false;
        try (Ending ending = new Ending(console.clock())) {
            while (true) {
                asked = ending.isAsked();
                follow.endAt(Math.min(untilMicros, ending.askedMicros()));
                boolean more = follow.turn();
                if (asked || follow.lines() >= mostLines || !more && (follow.stopped() || nowMicros() > untilMicros)) {
                    return follow.lines();
                }
                if (!more) {
                    follow.tellSilence();
                    ending.await(TICK_MILLIS);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Whether [#run] ended because somebody asked for it.
    boolean wasAsked() {
        return asked;
    }

    private long nowMicros() {
        return Window.micros(console.clock().instant());
    }

    @Override
    public void close() {
        ahead = false;
        try {
            sources.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
