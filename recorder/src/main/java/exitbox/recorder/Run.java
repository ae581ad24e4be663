package exitbox.recorder;

import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.LibC;
import exitbox.recorder.kernel.Pins;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.Wait;
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
    private final Host host;
    private final Recording recording;
    private final Clock clock = new Clock();
    // Null when what is recorded is kept.
    private final Feed feed;
    private final Service service;
    private final Progress progress;

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
        this.host = place.host();
        this.recording = place.folder().recording();
        this.feed = options.feed ? new Feed(System.in) : null;
        // A command's supervisor is not this program's.
        this.service = scope.quiet() || feed != null ? Service.NONE : Service.of(System.getenv(), ProcessHandle.current().pid());
        this.progress = new Progress(log, feed == null && !scope.quiet() && log.isText() && LibC.isTerminal(2), recording.dir(),
                probe.armedBootNs());
    }

    /// Returns the exit status; null when the run that was taken over has ended, and another is to begin.
    Integer record() throws IOException {
        List<String> misfits = SpoolDecoder.misfits(probe.layouts());
        if (!misfits.isEmpty() && !takenOver) {
            throw new IllegalStateException("the BPF object does not fit this program: " + misfits);
        }
        if (!takenOver) {
            scope.armed(probe);
        }
        CatalogWriter catalog = new CatalogWriter(recording, place.access(), host.name(), place.sealKey(), Room::isLacking);
        Ledger ledger = catalog.read();
        // Before the key is held against the catalog: the line that it signed last may be of one of these.
        List<Deleter> deleters = new ArrayList<>(FormerHosts.deleters(place, progress::say));
        deleters.add(new Deleter(recording, catalog));
        Signing.check(place.sealKey(), recording, ledger, progress::say);
        Quota quota = new Quota(feed == null ? options.keepSize : null,
                probe.hook().coalesce() ? Math.min(options.rotateSize, MOST_TO_COALESCE) : options.rotateSize);
        Retention retention = new Retention(recording, deleters, options.keep, quota, place.room(), place::moment, progress::say);
        Reserve reserve = new Reserve(recording.spoolFolder(host.name()), place.room(), place.access(), quota.spoolBytes());
        if (!scope.quiet()) {
            requests.listen(service);
        }
        begin(retention, reserve);
        Spools spools = Spools.find(recording, host.name(), ledger, place.access(), host.bootId(), clock.bootNs(), probe.runTakenOver(),
                progress::say);
        if (spools.takenOverEnded()) {
            probe.unpin();
            return null;
        }
        try (Sealing sealing = new Sealing(new Sealer(recording, place.access(), catalog), place.folder(), retention,
                options.onFull == OnFull.DROP_OLDEST ? quota.spoolBytes() : 0, reserve, progress::say);
                Wait wait = new Wait(probe.deaths(), probe.eventsRing())) {
            Retirement retirement = feed != null ? feed : another ? Retirement.LATER : sealing;
            Orders orders = new Orders(wait);
            try {
                Drain drain = drain(wait, orders, spools, retirement,
                        new Shortage(options.onFull, place.room(), quota, reserve, new Unwritten(probe.tally()), retirement, orders,
                                progress::say));
                return feed != null ? feed(orders, drain) : keep(orders, drain, spools, sealing, reserve);
            } finally {
                orders.stopListening();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the recorder", e);
        } finally {
            progress.end();
        }
    }

    /// Waits for the room that it takes to begin.
    private void begin(Retention retention, Reserve reserve) throws IOException {
        new Beginning(options.onFull, place.room(), retention, service,
                () -> takenOver ? probe.deaths().fillBytes() + probe.eventsRing().fillBytes() : 0, requests::isStopAsked,
                takenOver ? "the kernel goes on collecting, for the next start" : "what happened meanwhile is not recorded", progress::say)
                .await(reserve, scope.quiet() || feed != null ? Duration.ZERO : options.duration);
    }

    private Drain drain(Wait wait, Orders orders, Spools spools, Retirement retirement, Shortage shortage) {
        String id = takenOver ? probe.runTakenOver() : UUID.randomUUID().toString();
        RunRows rows = new RunRows(id, Recorder.version(), host, commandLine, filters());
        List<RecordLayout> layouts = probe.layouts();
        SpoolHeader header =
                new SpoolHeader(host.name(), host.bootId(), id, rows.version(), 0, probe.hook().word(), clock.pair(), layouts);
        String comm = takenOver ? probe.commTakenOver() : options.commPattern();
        NameFilter filter = comm == null ? null
                : new NameFilter(Pattern.compile(comm), layouts, probe.tally(), probe.counters().cpus());
        Drain drain = new Drain(probe, pins, new Intake(probe, filter, progress::say), wait, orders, place.folder(), spools, retirement,
                new Rotation(options.rotateEvery, shortage.quota().spoolBytes()), rows, header, progress, service, shortage);
        if (!scope.quiet()) {
            requests.serve(orders);
        }
        if (takenOver) {
            progress.say("goes on with run " + id + ", which another recorder left" + (end == null ? "" : ", and ends it: " + end));
        }
        probe.missing().forEach((hook, why) -> progress.say(hook.records()
                + (probe.target(hook) == null ? " are not recorded: " : ": ") + why));
        return drain;
    }

    /// A run that keeps what it records.
    private Integer keep(Orders orders, Drain drain, Spools spools, Sealing sealing, Reserve reserve)
            throws IOException, InterruptedException {
        // Not before a command begins: what a thread opens while it starts, the command might get.
        Runnable sealLeftovers = () -> sealing.begin(spools.leftovers());
        if (takenOver && !another) {
            // Not behind the spool that is gone on with, whose number is higher.
            sealLeftovers.run();
        }
        if (end != null) {
            orders.stop(end);
        }
        Sync task = new Sync(orders, drain, sealing, place, progress);
        long every = options.syncEvery.toMillis();
        try (MetricsServer metrics = options.metrics == null ? null : metrics();
                ScheduledExecutorService sync = Executors
                        .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("sync").daemon().factory())) {
            sync.scheduleWithFixedDelay(task, every, every, TimeUnit.MILLISECONDS);
            sync.scheduleWithFixedDelay(reserve, 0, RENEW_MILLIS, TimeUnit.MILLISECONDS);
            drain.record(options.duration, options.drainEvery, () -> {
                if (!takenOver) {
                    scope.begun(probe, orders);
                    sealLeftovers.run();
                }
                if (service.isSupervised() && end == null) {
                    Readiness.prove(drain.spool(), !filters().isEmpty(), log, orders::wake, this::ready);
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
            progress.summary(sealing.bytes(), scope, !place.folder().stands() ? "the folder is there no more, and that went with it"
                    : orders.leaving() && probe.isPinned() ? "the kernel goes on collecting, for the next recorder in this folder" : null);
            if (drain.lack() != null) {
                progress.say("stopped, because the disk is full: " + drain.lack()
                        + " — make room there, or see --on-full and --keep-free");
            }
            return sealed && !task.failed() && drain.lack() == null ? 0 : Failure.CANNOT_WRITE;
        }
    }

    /// Null when the address is not to be had: that is no reason not to record.
    private MetricsServer metrics() {
        try {
            return MetricsServer.open(MetricsAddress.parse(options.metrics));
        } catch (IOException e) {
            progress.say("cannot serve metrics at " + options.metrics + ": " + Failure.reason(e) + " — the recording goes on without");
            return null;
        }
    }

    /// A run that somebody follows and that keeps nothing.
    private Integer feed(Orders orders, Drain drain) throws IOException {
        feed.watch(() -> orders.stop("reader gone"));
        drain.record(options.duration, options.drainEvery, () -> {});
        feed.clear(recording, host.name());
        return 0;
    }

    private void ready() {
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
