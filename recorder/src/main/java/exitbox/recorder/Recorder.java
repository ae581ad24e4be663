package exitbox.recorder;

import exitbox.recorder.kernel.Capabilities;
import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.ExitHook;
import exitbox.recorder.kernel.Groups;
import exitbox.recorder.kernel.LibC;
import exitbox.recorder.kernel.Pins;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.ProbeOptions;
import exitbox.recorder.kernel.Signals;
import exitbox.recorder.kernel.Wait;
import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.CatalogLine;
import exitbox.schemas.catalog.Deleter;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.catalog.Recording;
import exitbox.schemas.decode.SpoolDecoder;
import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.segment.Sealer;
import exitbox.schemas.sign.SealKey;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.spool.SpoolHeader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/// A run from start to stop: arms the probe, finds what an earlier run left, drains until told to stop, seals.
///
/// The probe is armed before anything else that takes time: from then on the ring keeps the events.
final class Recorder {
    // CGROUP_V1 in records.h: marks ids of the v1 memory hierarchy.
    private static final long CGROUP_V1 = 1L << 62;

    // Room for a header and some rows, or a spool would be full when it is made.
    private static final long SMALLEST_SPOOL = 64 << 10;

    private static final long RENEW_MILLIS = 1000;

    private final RecordCommand options;
    private final List<String> commandLine;
    private final Scope scope;
    private final Log log;
    private volatile Drain drain;
    private volatile String stopReason;
    private final long startedBootNs = new Clock().bootNs();
    private MetricsAddress metricsAddress;

    Recorder(RecordCommand options, List<String> commandLine, Scope scope, Log log) {
        this.options = options;
        this.commandLine = commandLine;
        this.scope = scope;
        this.log = log;
    }

    int run() {
        ProbeOptions probeOptions = probeOptions();
        metricsAddress = options.metrics == null ? null : MetricsAddress.parse(options.metrics);
        Path dir = dir();
        if (options.check) {
            return check(probeOptions, dir);
        }
        List<String> missing = Capabilities.missing();
        if (!missing.isEmpty()) {
            // Asked before anything is made on disk.
            String needed = String.join(" and ", missing);
            throw new Failure(Failure.NOT_PRIVILEGED, "cannot record: " + needed + (missing.size() > 1 ? " are" : " is")
                    + " missing — run as root (sudo), or grant " + needed, null);
        }
        try {
            Host host = Host.here();
            Access access = new Access(group());
            Room room = new Room(dir, options.feed ? new KeepFree(-1, 0) : options.keepFree);
            if (options.onFull == OnFull.STOP && room.spare() < 0) {
                throw new Failure(Failure.CANNOT_WRITE, "cannot record into " + dir + ": " + room.lack()
                        + " — make room there, or leave less with --keep-free (0 fills the disk)", null);
            }
            try (SealKey sealKey = Signing.open(options.sealKey); Folder folder = Folder.open(dir, host.name(), access)) {
                return record(new Place(host, access, folder, sealKey, room), probeOptions);
            }
        } catch (IOException e) {
            if (e.getCause() instanceof CatalogLine.NewerFormat) {
                throw new Failure(Failure.CANNOT_WRITE, "cannot record into " + dir + ": " + Failure.reason(e), e);
            }
            throw new Failure(Failure.CANNOT_WRITE, "cannot write the recording in " + dir + ": " + Failure.reason(e)
                    + (Room.isLacking(e) ? " — make room there" : " — look at the disk (dmesg)")
                    + " and start again: what is spooled is kept, and sealed then", e);
        }
    }

    private int check(ProbeOptions probeOptions, Path dir) {
        try {
            return Check.run(probeOptions, Host.here(), new Check.Place(dir, options.keepFree, pinRoot(), options.pin), System.out);
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot look at " + dir + ": " + Failure.reason(e), e);
        }
    }

    /// Where a recording is made.
    private record Place(Host host, Access access, Folder folder, SealKey sealKey, Room room) {
    }

    /// Goes on with what another recorder left at work, when that is what is wanted now; else ends it, and arms anew.
    private int record(Place place, ProbeOptions probeOptions) throws IOException {
        Path dir = place.folder().recording().dir();
        Pins pins = Pins.of(pinRoot(), dir, place.host().name());
        if (options.pin) {
            pins.require();
        }
        boolean stood = pins.stand();
        if (stood) {
            try (Probe left = Probe.takeOver(pins)) {
                String end = options.unpin ? "--unpin"
                        : !left.isAttached() ? "its recorder died while it stopped"
                        : !left.hasOptions(probeOptions) || !Objects.equals(left.commTakenOver(), comm()) ? "started with other options"
                        : null;
                Integer status = record(place, left, options.pin ? pins : null, end);
                if (status != null) {
                    return status;
                }
            }
        } else {
            // What one left that died while it pinned or unpinned.
            pins.clear();
        }
        if (options.unpin && !stood) {
            log.info("nothing is pinned for " + dir + " in " + pins.folder().getParent(), Map.of());
        }
        if (options.unpin || stopReason != null) {
            return 0;
        }
        try (Probe probe = Probe.arm(probeOptions)) {
            return record(place, probe, options.pin ? pins : null, null);
        }
    }

    private String comm() {
        return options.comm == null ? null : options.comm.pattern();
    }

    private Path pinRoot() {
        String named = System.getenv("EXITBOX_BPFFS");
        return options.bpffs != null ? options.bpffs : named != null && !named.isEmpty() ? Path.of(named) : Pins.usualRoot();
    }

    /// @param pins where to pin; null for nowhere
    /// @param end why a run that was taken over ends at once; null to go on with it
    /// @return the exit status; null when the run that was taken over has ended
    private Integer record(Place place, Probe probe, Pins pins, String end) throws IOException {
        Host host = place.host();
        Access access = place.access();
        Folder folder = place.folder();
        List<RecordLayout> layouts = probe.layouts();
        List<String> misfits = SpoolDecoder.misfits(layouts);
        if (!misfits.isEmpty() && probe.runTakenOver() == null) {
            throw new IllegalStateException("the BPF object does not fit this program: " + misfits);
        }
        Clock clock = new Clock();
        Feed feed = options.feed ? new Feed(System.in) : null;
        if (probe.runTakenOver() == null) {
            scope.armed(probe);
        }
        Progress progress =
                new Progress(log, feed == null && !scope.quiet() && log.isText() && LibC.isTerminal(2), folder.recording().dir());
        Signing.check(place.sealKey(), folder.recording(), access, host.name(), progress::say);
        Spools spools = Spools.find(folder.recording(), host.name(), access, host.bootId(), clock.bootNs(), probe.runTakenOver(),
                progress::say);
        if (spools.takenOverEnded()) {
            probe.unpin();
            return null;
        }
        Quota quota = new Quota(feed == null ? options.keepSize : null, options.rotateSize);
        Retention retention = new Retention(folder.recording(), host.name(),
                new Deleter(folder.recording(), access, host.name(), place.sealKey()), options.keep, quota, place.room(),
                () -> moment(host));
        Reserve reserve = new Reserve(folder.recording().spoolFolder(host.name()), place.room(), access, quota.spoolBytes());
        Sealing sealing = new Sealing(new Sealer(folder.recording(), access, place.sealKey()), host.name(), retention,
                options.onFull == OnFull.DROP_OLDEST ? quota.spoolBytes() : 0, reserve, progress::say);
        Run run = new Run(probe.runTakenOver() == null ? UUID.randomUUID().toString() : probe.runTakenOver(), version(), host, commandLine,
                filters());
        SpoolHeader header = new SpoolHeader(host.name(), host.bootId(), run.id(), run.version(), 0, probe.hook().word(), clock.pair(),
                layouts);
        try (Wait wait = new Wait(probe.deaths(), probe.eventsRing());
                ScheduledExecutorService sync = Executors
                        .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("sync").daemon().factory())) {
            // A command's supervisor is not this program's.
            Service service = scope.quiet() || feed != null ? Service.NONE : Service.of(System.getenv(), ProcessHandle.current().pid());
            String comm = probe.runTakenOver() == null ? comm() : probe.commTakenOver();
            NameFilter filter = comm == null ? null
                    : new NameFilter(Pattern.compile(comm), layouts, probe.tally(), probe.counters().cpus());
            boolean begunAnew = end != null && !options.unpin;
            drain = new Drain(probe, pins, new Intake(probe, filter, progress::say), wait, spools,
                    feed != null ? feed : begunAnew ? Retirement.LATER : sealing,
                    new Rotation(options.rotateEvery, quota.spoolBytes()), run, header,
                    progress, service, new Shortage(options.onFull, place.room(), quota, reserve));
            if (!scope.quiet()) {
                handleSignals(service);
            }
            if (probe.runTakenOver() != null) {
                progress.say(
                        "goes on with run " + run.id() + ", which another recorder left" + (end == null ? "" : ", and ends it: " + end));
            }
            MetricsServer metrics = metricsAddress == null ? null : metrics(progress);
            probe.missing().forEach((hook, why) -> progress.say(hook.records()
                    + (probe.target(hook) == null ? " are not recorded: " : ": ") + why));
            long every = options.syncEvery.toMillis();
            if (feed != null) {
                return feed(feed, drain, folder.recording(), host.name());
            }
            // Not before a command begins: what a thread opens while it starts, the command might get.
            Runnable sealLeftovers = () -> sealing.begin(spools.leftovers());
            if (probe.runTakenOver() != null && !begunAnew) {
                // Not behind the spool that is gone on with, whose number is higher.
                sealLeftovers.run();
            }
            if (end != null) {
                drain.stop(end);
            } else if (stopReason != null) {
                drain.stop(stopReason);
            }
            Sync task = new Sync(drain, folder, progress);
            sync.scheduleWithFixedDelay(task, every, every, TimeUnit.MILLISECONDS);
            sync.scheduleWithFixedDelay(reserve, 0, RENEW_MILLIS, TimeUnit.MILLISECONDS);
            try {
                drain.record(options.duration, options.drainEvery, () -> {
                    if (probe.runTakenOver() == null) {
                        scope.begun(probe, drain);
                        sealLeftovers.run();
                    }
                    if (service.isSupervised() && end == null) {
                        Readiness.prove(drain.spool(), !filters().isEmpty(), log, drain::wake, () -> ready(service, progress, probe));
                    }
                    if (metrics != null) {
                        metrics.serve(() -> new MetricsPage(progress::vitals, service::heartbeatRealNs, new Clock(), version(),
                                probe.hook().target()));
                    }
                });
                if (begunAnew) {
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
            return MetricsServer.open(metricsAddress);
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
        long millis = (new Clock().bootNs() - startedBootNs) / 1_000_000;
        progress.inform("ready: what it records was read back, " + millis + " ms after it began; deaths are seen at "
                + probe.hook().target(), Map.of("began_to_ready_ms", millis, "hook", probe.hook().target()));
        service.ready(progress.status());
    }

    private void handleSignals(Service service) {
        for (String signal : List.of("INT", "TERM")) {
            Signals.on(signal, () -> {
                if (options.feed && signal.equals("INT")) {
                    // Ctrl-C goes to the reader too, which ends this run when it is done.
                    return;
                }
                if (stopReason != null) {
                    // At once: what is spooled is sealed by the next start.
                    Runtime.getRuntime().halt(signal.equals("INT") ? 130 : 143);
                }
                stopReason = "SIG" + signal;
                service.stopping();
                drain.stop(stopReason);
            });
        }
        // What the service gets instead of TERM when it is to come back at once.
        Signals.on("USR1", () -> {
            stopReason = "restart";
            service.stopping();
            drain.leave(stopReason);
        });
        Signals.on("HUP", () -> {
            service.reloading();
            drain.rotate(service::reloaded);
        });
    }

    private ProbeOptions probeOptions() {
        checkRing("--ring-size", options.ringSize);
        checkRing("--events-ring-size", options.events.ringSize);
        if (options.rotateSize < SMALLEST_SPOOL) {
            throw new Failure(Failure.USAGE, "--rotate-size " + options.rotateSize + " bytes: must be " + (SMALLEST_SPOOL >> 10)
                    + "K or more", null);
        }
        if (options.keepSize != null && options.keepSize < Quota.LEAST) {
            throw new Failure(Failure.USAGE, "--keep-size " + Quantity.text(options.keepSize) + ": too little for a recording — keep "
                    + Quantity.text(Quota.LEAST) + " or more", null);
        }
        if (options.keepSize != null && options.keepSize < 2 * options.rotateSize) {
            throw new Failure(Failure.USAGE, "--keep-size " + Quantity.text(options.keepSize) + ": not even two files of --rotate-size "
                    + Quantity.text(options.rotateSize) + " — keep " + Quantity.text(2 * options.rotateSize)
                    + " or more, or make those smaller",
                    null);
        }
        return new ProbeOptions(options.ringSize, options.uid == null ? OptionalLong.empty() : OptionalLong.of(options.uid), cgroupId(),
                options.pid == null ? OptionalInt.empty() : OptionalInt.of(options.pid), options.failed, options.threads, hook(),
                options.events.chosen(), scope.some() ? options.followMost : 0);
    }

    private List<String> filters() {
        List<String> filters = new ArrayList<>(scope.filters());
        filters.addAll(options.filters());
        return filters;
    }

    private static void checkRing(String option, long bytes) {
        String problem = ProbeOptions.ringProblem(bytes);
        if (problem != null) {
            throw new Failure(Failure.USAGE, option + " " + problem, null);
        }
    }

    private OptionalLong cgroupId() {
        if (options.cgroup == null) {
            return OptionalLong.empty();
        }
        String what = "--cgroup " + options.cgroup + ": ";
        try {
            String type = Files.getFileStore(options.cgroup).type();
            if (!type.startsWith("cgroup") || !Files.isDirectory(options.cgroup)) {
                throw new Failure(Failure.USAGE, what + "not a cgroup's folder — try one below /sys/fs/cgroup", null);
            }
            long inode = (Long) Files.getAttribute(options.cgroup, "unix:ino");
            return OptionalLong.of(type.equals("cgroup") ? inode | CGROUP_V1 : inode);
        } catch (IOException e) {
            throw new Failure(Failure.USAGE, what + Failure.reason(e) + " — try a folder below /sys/fs/cgroup", e);
        }
    }

    private ExitHook hook() {
        for (ExitHook hook : ExitHook.values()) {
            if (hook.word().equals(options.exitHook)) {
                return hook;
            }
        }
        if (!options.exitHook.equals("auto")) {
            throw new Failure(Failure.USAGE, "--exit-hook " + options.exitHook + ": there are auto, group_dead, taskstats and live", null);
        }
        return null;
    }

    private Path dir() {
        if (options.dir != null && options.dir.toString().isEmpty()) {
            throw new Failure(Failure.USAGE, "-d: the folder's name is empty", null);
        }
        String named = System.getenv("EXITBOX_DIR");
        if (options.dir != null) {
            return options.dir;
        }
        if (named != null && !named.isEmpty()) {
            return Path.of(named);
        }
        return LibC.geteuid() == 0 ? Path.of("/var/lib/exitbox") : Path.of("exitbox-recording");
    }

    /// Who may read the recording: the service's group where there is one, else under sudo that of the user who asked for it.
    private static OptionalInt group() {
        OptionalInt service = LibC.geteuid() == 0 ? Groups.gid("exitbox") : OptionalInt.empty();
        if (service.isPresent()) {
            return service;
        }
        String gid = System.getenv("SUDO_GID");
        return gid != null && gid.matches("\\d{1,9}") && LibC.geteuid() == 0 ? OptionalInt.of(Integer.parseInt(gid)) : OptionalInt.empty();
    }

    private static Deletion.Moment moment(Host host) {
        ClockPair now = new Clock().pair();
        return new Deletion.Moment(host.bootId(), now.bootNs(), now.realNs() / 1000);
    }

    static String version() {
        String version = Recorder.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }
}
