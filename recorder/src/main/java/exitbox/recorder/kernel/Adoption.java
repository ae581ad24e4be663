package exitbox.recorder.kernel;

import java.util.ArrayList;
import java.util.List;

/// The time in which a living process and its descendants are put into [Followed], while they go on forking and dying:
/// from the moment in which the first is in there none of them escapes (adopt.h says why). One thread.
final class Adoption implements AutoCloseable {
    private static final String ORPHANS = "adopt_orphans";
    private static final String LIVING = "adopt_living";

    private final BpfObject object = BpfObject.open();
    private final Control control;
    private final List<Long> links = new ArrayList<>();

    private Adoption(Control control) {
        this.control = control;
    }

    /// Throws [KernelException] when the kernel refuses.
    ///
    /// @param deaths the loaded object whose maps are shared
    static Adoption begin(BpfObject deaths, ProbeOptions options, Control control) {
        Adoption adoption = new Adoption(control);
        try {
            adoption.attach(deaths, options);
            return adoption;
        } catch (RuntimeException e) {
            adoption.close();
            throw e;
        }
    }

    private void attach(BpfObject deaths, ProbeOptions options) {
        for (String program : object.programs()) {
            object.autoload(program, program.equals(ORPHANS) || program.equals(LIVING));
        }
        Arming.withoutEvents(object);
        object.share(deaths);
        options.give(object.settings("options", "options"));
        int errno = object.load();
        if (errno != 0) {
            throw refused("load", errno);
        }
        control.seeding(true);
        links.add(attached(ORPHANS, object.attach(ORPHANS)));
        links.add(attached(LIVING, object.attachIterator(LIVING)));
    }

    private static long attached(String program, long link) {
        if (link == 0) {
            throw refused("attach of " + program, Native.errno());
        }
        return link;
    }

    private static KernelException refused(String what, int errno) {
        return new KernelException(KernelException.BPF_REFUSED, "cannot find what descends from a process: " + what + " refused with "
                + Errno.name(errno));
    }

    /// Looks at each process that is alive, until no more descendants are found. Those that are forked meanwhile are in already.
    void adoptLiving() {
        for (long before = -1; before != control.adopted();) {
            before = control.adopted();
            try (Snapshot living = Snapshot.open(links.getLast())) {
                if (living == null) {
                    throw refused("reading " + LIVING, LibC.errno());
                }
                while (!living.next().isEmpty()) {
                    // it says nothing
                }
            }
        }
    }

    @Override
    public void close() {
        links.forEach(LibBpf::bpf_link__destroy);
        control.seeding(false);
        object.close();
    }
}
