package exitbox.recorder;

import exitbox.recorder.kernel.Clock;
import exitbox.recorder.kernel.Groups;
import exitbox.recorder.kernel.LibC;
import exitbox.recorder.kernel.Pins;
import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Deletion;
import exitbox.schemas.sign.SealKey;
import exitbox.schemas.spool.ClockPair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// Where a recording is made: the folder, held by this recorder alone until it is closed, and what belongs to it.
///
/// @param formers those of names that this machine had before ([FormerHosts]), held too
/// @param sealKey signs the catalog; null when nothing does
/// @param openedBootNs when the recorder began to take it, CLOCK_BOOTTIME
record Place(Host host, Access access, Folder folder, List<Folder> formers, SealKey sealKey, Room room, long openedBootNs)
        implements
            AutoCloseable {
    // Room for a header and some rows, or a spool would be full when it is made.
    private static final long SMALLEST_SPOOL = 64 << 10;

    /// Opens the folder, and makes it when it is missing. Throws a [Failure] when there is no room for a recording.
    ///
    /// @param messages takes a line for people
    static Place open(RecordCommand options, Path dir, Host host, Consumer<String> messages) throws IOException {
        Place place = openFormer(options, dir, host);
        return place.with(FormerHosts.hold(dir, host.name(), place.access, messages));
    }

    private Place with(List<Folder> held) {
        return new Place(host, access, folder, held, sealKey, room, openedBootNs);
    }

    /// The same for one of those names alone.
    static Place openFormer(RecordCommand options, Path dir, Host host) throws IOException {
        long now = new Clock().bootNs();
        Access access = new Access(group());
        Room room = new Room(dir, options.feed ? new KeepFree(-1, 0) : options.keepFree);
        if (options.onFull == OnFull.STOP && !options.unpin && room.spare() < 0) {
            throw new Failure(Failure.CANNOT_WRITE, "cannot record into " + dir + ": " + room.lack()
                    + " — make room there, or leave less with --keep-free (0 fills the disk)", null);
        }
        SealKey sealKey = Signing.open(options.sealKey);
        try {
            return new Place(host, access, Folder.open(dir, host.name(), access), List.of(), sealKey, room, now);
        } catch (RuntimeException e) {
            if (sealKey != null) {
                sealKey.close();
            }
            throw e;
        }
    }

    /// Throws a [Failure] about sizes that cannot be.
    static void checkSizes(RecordCommand options) {
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
    }

    /// The folder that the options or the environment name, by a name without links above it.
    static Path dir(RecordCommand options) {
        Path named = named(options);
        try {
            return Ground.settled(named);
        } catch (IOException e) {
            throw new Failure(Failure.CANNOT_CREATE, "cannot look at " + named + ": " + Failure.reason(e)
                    + " — choose another folder with -d", e);
        }
    }

    private static Path named(RecordCommand options) {
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

    /// The folder of the pins that the options or the environment name.
    static Path pinRoot(RecordCommand options) {
        if (options.bpffs != null && options.bpffs.toString().isEmpty()) {
            throw new Failure(Failure.USAGE, "--bpffs: the folder's name is empty", null);
        }
        String named = System.getenv("EXITBOX_BPFFS");
        return (options.bpffs != null ? options.bpffs : named != null && !named.isEmpty() ? Path.of(named) : Pins.usualRoot())
                .toAbsolutePath().normalize();
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

    /// Now, as a deletion's line in the catalog has it.
    Deletion.Moment moment() {
        ClockPair now = new Clock().pair();
        return new Deletion.Moment(host.bootId(), now.bootNs(), now.realNs() / 1000);
    }

    @Override
    public void close() throws IOException {
        try (sealKey) {
            folder.close();
            for (Folder former : formers) {
                former.close();
            }
        }
    }
}
