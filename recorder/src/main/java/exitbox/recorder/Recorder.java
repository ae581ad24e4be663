package exitbox.recorder;

import exitbox.recorder.kernel.Arming;
import exitbox.recorder.kernel.Capabilities;
import exitbox.recorder.kernel.Pins;
import exitbox.recorder.kernel.Probe;
import exitbox.recorder.kernel.ProbeOptions;
import exitbox.schemas.catalog.CatalogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Makes a run: takes the folder, then goes on with what another recorder left at work there, or arms the probe.
///
/// That comes before anything else that takes time: from then on the rings keep the events.
final class Recorder {
    private final RecordCommand options;
    private final List<String> commandLine;
    private final Scope scope;
    private final Log log;
    private final Requests requests;

    Recorder(RecordCommand options, List<String> commandLine, Scope scope, Log log) {
        this.options = options;
        this.commandLine = commandLine;
        this.scope = scope;
        this.log = log;
        this.requests = new Requests(options.feed);
    }

    int run() {
        ProbeOptions wanted = Wanted.of(options, scope);
        Place.checkSizes(options);
        if (options.metrics != null) {
            MetricsAddress.parse(options.metrics);
        }
        Path dir = Place.dir(options);
        if (options.check) {
            return check(wanted, dir);
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
            endFormer(dir, host);
            if (options.unpin && Files.notExists(dir) && !pins(dir, host.name()).exist()) {
                nothingIsPinned(dir);
                return 0;
            }
            try (Place place = Place.open(options, dir, host, log::warning)) {
                return record(place, wanted);
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

    private int check(ProbeOptions wanted, Path dir) {
        try {
            return Check.run(wanted, Host.here(), new Check.Place(dir, options.keepFree, Place.pinRoot(options), options.pin), System.out);
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot look at " + dir + ": " + Failure.reason(e), e);
        }
    }

    /// Ends what this machine left at work under other names.
    private void endFormer(Path dir, Host host) throws IOException {
        for (String name : FormerNames.pinned(Place.pinRoot(options), dir, host.name())) {
            Pins pins = pins(dir, name);
            if (pins == null) {
                continue;
            }
            try (Place place = Place.openFormer(options, dir, host.named(name)); Probe left = Probe.takeOver(pins)) {
                new Run(options, commandLine, scope, log, requests, place, left, pins, "this machine is called " + host.name() + " now",
                        true)
                        .record();
                FormerNames.seal(place, log);
            }
        }
    }

    /// Goes on with what another recorder left at work, when that is what is wanted now; else ends it, and arms anew.
    private int record(Place place, ProbeOptions wanted) throws IOException {
        Path dir = place.folder().recording().dir();
        Pins pins = pins(dir, place.host().name());
        if (options.pin) {
            pins.require();
        }
        boolean stood = pins != null && pins.stand();
        if (stood) {
            try (Probe left = Probe.takeOver(pins)) {
                String end = end(left, wanted);
                Integer status = run(place, left, pins, end, end != null && !options.unpin).record();
                if (status != null) {
                    return status;
                }
            }
        } else if (pins != null && pins.exist()) {
            // What one left that died while it pinned or unpinned.
            pins.clear();
        }
        if (options.unpin && !stood) {
            nothingIsPinned(dir);
        }
        if (options.unpin || requests.isStopAsked()) {
            return 0;
        }
        try (Probe probe = Arming.arm(wanted)) {
            return run(place, probe, pins, null, false).record();
        }
    }

    private void nothingIsPinned(Path dir) {
        log.info("nothing is pinned for " + dir + " in " + Place.pinRoot(options), Map.of());
    }

    /// Where a host's recording is pinned. Null when nothing there can be trusted, and nobody asked for it.
    private Pins pins(Path dir, String host) throws IOException {
        Pins pins = Pins.of(Place.pinRoot(options), dir, host);
        String problem = Ground.problemOfPins(pins.folder());
        if (problem == null) {
            return pins;
        }
        if (options.pin || options.unpin) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot pin in " + pins.folder().getParent() + ": " + problem
                    + " — look who made it, or name another folder with --bpffs", null);
        }
        log.warning("what may be pinned in " + pins.folder() + " is left alone: " + problem);
        return null;
    }

    /// Why a run that is taken over has to end; null when it goes on.
    private String end(Probe left, ProbeOptions wanted) {
        if (options.unpin) {
            return "--unpin";
        }
        if (!left.isAttached()) {
            return "its recorder died while it stopped";
        }
        boolean same = left.hasOptions(wanted) && Objects.equals(left.commTakenOver(), options.commPattern());
        return same ? null : "started with other options";
    }

    private Run run(Place place, Probe probe, Pins pins, String end, boolean another) {
        return new Run(options, commandLine, scope, log, requests, place, probe, options.pin ? pins : null, end, another);
    }

    static String version() {
        String version = Recorder.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }
}
