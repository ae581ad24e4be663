package exitbox.recorder;

import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.LibC;
import exitbox.recorder.kernel.Pins;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.Wait;
import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.CatalogWriter;
import exitbox.schemas.catalog.Deleter;
import exitbox.schemas.catalog.Ledger;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.decode.SpoolDecoder;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.segment.Sealer;
import exitbox.schemas.spool.SpoolHeader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A run, from its start or from where it was taken over to its stop: finds what earlier ones left, drains until told to
/// stop, seals. The probe is armed, so the rings keep the events meanwhile.
final class Run {
    private static final long RENEW_MILLIS = 1000;
    // Then all deaths of a spool are known before the first is sealed, which takes memory for each.
    private static final long MOST_TO_COALESCE = 64 << 20;

    private final RecordCommand options;
    private final List<String> commandLine;
    private final Scope scope;
    private final Log log;
    private final Requests requests;
    private final Place place;
    private final Probe probe;
    private final Pins pins;
    private final String end;
    private final boolean takenOver;
    private final boolean another;
    private final String comm;

    /// @param pins where to pin; null for nowhere
    /// @param end why a run that was taken over ends at once; null to go on with it
    /// @param another whether another begins when this one has ended
    Run(RecordCommand options, List<String> commandLine, Scope scope, Log log, Requests requests, Place place, Probe probe, Pins pins,
            String end, boolean another) {
        this.options = options;
        this.commandLine = commandLine;
        this.scope = scope;
        this.log = log;
        this.requests = requests;
        this.place = place;
        this.probe = probe;
        this.pins = pins;
        this.end = end;
        this.takenOver = probe.runTakenOver() != null;
        this.another = another;
        this.comm = takenOver ? probe.commTakenOver() : options.commPattern();
    }

    /// Returns the exit status; null when the run that was taken over has ended, and another is to begin.
    Integer record() throws IOException {
        Host host = place.host();
        Access access = place.access();
        Folder folder = place.folder();
        List<RecordLayout> layouts = probe.layouts();
        List<String> misfits = SpoolDecoder.misfits(layouts);
        if (!misfits.isEmpty() && !takenOver) {
            throw new IllegalStateException("the BPF object does not fit this program: " + misfits);
        }
        Clock clock = new Clock();
        Feed feed = options.feed ? new Feed(System.in) : null;
        if (!takenOver) {
            scope.armed(probe);
        }
        Progress progress =
                new Progress(log, feed == null && !scope.quiet() && log.isText() && LibC.isTerminal(2), folder.recording().dir());
        CatalogWriter catalog = new CatalogWriter(folder.recording(), access, host.name(), place.sealKey(), Room::isLacking);
        Ledger ledger = catalog.read();
        Signing.check(place.sealKey(), folder.recording(), ledger, progress::say);
        Quota quota = new Quota(feed == null ? options.keepSize : null,
                probe.hook().coalesce() ? Math.min(options.rotateSize, MOST_TO_COALESCE) : options.rotateSize);
        Retention retention =
                new Retention(folder.recording(), host.name(), new Deleter(folder.recording(), catalog), options.keep, quota, place.room(),
                        place::moment);
        Reserve reserve = new Reserve(folder.recording().spoolFolder(host.name()), place.room(), access, quota.spoolBytes());
        // A command's supervisor is not this program's.
        Service service = scope.quiet() || feed != null ? Service.NONE : Service.of(System.getenv(), ProcessHandle.current().pid());
        if (!scope.quiet()) {
            requests.listen(service);
        }
        new Beginning(options.onFull, place.room(), retention, service,
                () -> takenOver ? probe.deaths().fillBytes() + probe.eventsRing().fillBytes() : 0, requests::isStopAsked,
                takenOver ? "the kernel goes on collecting, for the next start" : "what happened meanwhile is not recorded", progress::say)
                .await(reserve, scope.quiet() || feed != null ? Duration.ZERO : options.duration);
        Spools spools = Spools.find(folder.recording(), host.name(), ledger, access, host.bootId(), clock.bootNs(), probe.runTakenOver(),
                progress::say);
        if (spools.takenOverEnded()) {
            probe.unpin();
            return null;
        }
        Sealing sealing = new Sealing(new Sealer(folder.recording(), access, catalog), host.name(), retention,
                options.onFull == OnFull.DROP_OLDEST ? quota.spoolBytes() : 0, reserve, progress::say);
        RunRows run = new RunRows(takenOver ? probe.runTakenOver() : UUID.randomUUID().toString(), Recorder.version(), host, commandLine,
                filters());
        SpoolHeader header = new SpoolHeader(host.name(), host.bootId(), run.id(), run.version(), 0, probe.hook().word(), clock.pair(),
                layouts);
        try (Wait wait = new Wait(probe.deaths(), probe.eventsRing());
                ScheduledExecutorService sync = Executors
                        .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("sync").daemon().factory())) {
            NameFilter filter = comm == null ? null
                    : new NameFilter(Pattern.compile(comm), layouts, probe.tally(), probe.counters().cpus());
            Drain drain = new Drain(probe, pins, new Intake(probe, filter, progress::say), wait, spools,
                    feed != null ? feed : another ? Retirement.LATER : sealing,
                    new Rotation(options.rotateEvery, quota.spoolBytes()), run, header,
                    progress, service, new Shortage(options.onFull, place.room(), quota, reserve, new Unwritten(probe.tally())));
            if (!scope.quiet()) {
                requests.serve(drain);
            }
            if (takenOver) {
                progress.say(
                        "goes on with run " + run.id() + ", which another recorder left" + (end == null ? "" : ", and ends it: " + end));
            }
            MetricsServer metrics = options.metrics == null ? null : metrics(progress);
            probe.missing().forEach((hook, why) -> progress.say(hook.records()
                    + (probe.target(hook) == null ? " are not recorded: " : ": ") + why));
            long every = options.syncEvery.toMillis();
            if (feed != null) {
                return feed(feed, drain, folder.recording(), host.name());
            }
            // Not before a command begins: what a thread opens while it starts, the command might get.
            Runnable sealLeftovers = () -> sealing.begin(spools.leftovers());
            if (takenOver && !another) {
                // Not behind the spool that is gone on with, whose number is higher.
                sealLeftovers.run();
            }
            if (end != null) {
                drain.stop(end);
            }
            Sync task = new Sync(drain, sealing, folder, progress);
            sync.scheduleWithFixedDelay(task, every, every, TimeUnit.MILLISECONDS);
            sync.scheduleWithFixedDelay(reserve, 0, RENEW_MILLIS, TimeUnit.MILLISECONDS);
            try {
                drain.record(options.duration, options.drainEvery, () -> {
                    if (!takenOver) {
                        scope.begun(probe, drain);
                        sealLeftovers.run();
                    }
                    if (service.isSupervised() && end == null) {
                        Readiness.prove(drain.spool(), !filters().isEmpty(), log, drain::wake, () -> ready(service, progress, probe));
                    }
                    if (metrics != null) {
                        metrics.serve(() -> new MetricsPage(progress::vitals, service::heartbeatRealNs, new Clock(), Recorder.version(),
                                probe.hook().target()));
                    }
                });
                if (another) {
                    return null;
                }
                service.stopping();
                scope.ended();
                // Not shutdownNow: an interrupt in the midst of fsync would close the spool's channel under the sealer.
                sync.shutdown();
                boolean sealed = sealing.finish();
                progress.summary(sealing.bytes(), scope);
                if (drain.lack() != null) {
                    progress.say("stopped, because the disk is full: " + drain.lack()
                            + " — make room there, or see --on-full and --keep-free");
                }
                return sealed && !task.failed() && drain.lack() == null ? 0 : Failure.CANNOT_WRITE;
            } finally {
                drain.stopListening();
                if (metrics != null) {
                    metrics.close();
                }
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the recorder", e);
        } finally {
            progress.end();
        }
    }

    /// Null when the address is not to be had: that is no reason not to record.
    private MetricsServer metrics(Progress progress) {
        try {
            return MetricsServer.open(MetricsAddress.parse(options.metrics));
        } catch (IOException e) {
            progress.say("cannot serve metrics at " + options.metrics + ": " + Failure.reason(e) + " — the recording goes on without");
            return null;
        }
    }

    /// A run that somebody follows and that keeps nothing.
    private int feed(Feed feed, Drain drain, Recording recording, String host) throws IOException {
        feed.watch(() -> drain.stop("reader gone"));
        try {
            drain.record(options.duration, options.drainEvery, () -> {});
            feed.clear(recording, host);
            return 0;
        } finally {
            drain.stopListening();
        }
    }

    private void ready(Service service, Progress progress, Probe probe) {
        long millis = (new Clock().bootNs() - place.openedBootNs()) / 1_000_000;
        progress.inform("ready: what it records was read back, " + millis + " ms after it began; deaths are seen at "
                + probe.hook().target(), Map.of("began_to_ready_ms", millis, "hook", probe.hook().target()));
        service.ready(progress.status());
    }

    private List<String> filters() {
        List<String> filters = new ArrayList<>(scope.filters());
        filters.addAll(options.filters());
        return filters;
    }
}
