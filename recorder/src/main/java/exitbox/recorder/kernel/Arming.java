package exitbox.recorder.kernel;

import java.util.ArrayList;
import java.util.List;

/// How a [Probe] comes to be: tries the hooks that the kernel's types speak for, best first, and takes the first that is not
/// refused.
public final class Arming {

    /// Where the tracepoint got group_dead upstream. Only a hint at what to try first.
    private static final int[] GROUP_DEAD_KERNEL = {6, 16};

    // Maps that only programs which record something beside deaths use.
    private static final List<String> MAPS_OF_EVENTS = List.of("exec_scratch", "tasks_scratch", "old_comms");

    private final ProbeOptions options;
    private final List<Refusal> refusals = new ArrayList<>();

    private Arming(ProbeOptions options) {
        this.options = options;
    }

    /// Begins on another thread what takes longest and needs no options: Java's way into C, and libbpf. Optional; for
    /// the program's first statement, so that reading the command line and this happen at the same time.
    public static void prepare() {
        Thread.ofPlatform().daemon().name("prepare").start(() -> {
            if (LibC.getpagesize() > 0) {
                LibBpf.usable();
            }
        });
    }

    /// Throws [KernelException] when this kernel has not what is needed.
    public static String requireKernel() {
        return KernelVersion.supported().toString();
    }

    /// The version of libbpf; throws [KernelException] when there is none.
    public static String requireLibBpf() {
        LibBpf.require();
        return LibBpf.version();
    }

    /// Loads and attaches. Throws [KernelException] when no hook is to be had; nothing is left behind then.
    public static Probe arm(ProbeOptions options) {
        KernelVersion kernel = KernelVersion.supported();
        LibBpf.require();
        Arming arming = new Arming(options);
        if (options.hook() != null) {
            return arming.tryAll(List.of(options.hook()), "asked for");
        }
        if (kernel.isAtLeast(GROUP_DEAD_KERNEL[0], GROUP_DEAD_KERNEL[1])) {
            // The verifier compares the program with the same BTF: not reading it ourselves first saves 15 ms.
            Probe probe = arming.tryOne(ExitHook.GROUP_DEAD, KernelBtf.GROUP_DEAD_REASON);
            if (probe != null) {
                return probe;
            }
        }
        KernelBtf types = KernelBtf.read();
        return arming.tryAll(types.candidates(), types.reason());
    }

    private Probe tryAll(List<ExitHook> hooks, String reason) {
        Probe probe = tryEach(hooks, reason);
        if (probe != null) {
            return probe;
        }
        // Once more, now listening to libbpf and the verifier.
        try (BpfLog log = new BpfLog()) {
            probe = tryEach(hooks, reason);
            if (probe != null) {
                return probe;
            }
            throw Refusal.exception(refusals, options, log.text());
        }
    }

    private Probe tryEach(List<ExitHook> hooks, String reason) {
        refusals.clear();
        for (ExitHook hook : hooks) {
            StringBuilder why = new StringBuilder(reason);
            for (Refusal refusal : refusals) {
                why.append("; ").append(refusal.words());
            }
            Probe probe = tryOne(hook, why.toString());
            if (probe != null) {
                return probe;
            }
        }
        return null;
    }

    private Probe tryOne(ExitHook hook, String reason) {
        BpfObject object = BpfObject.open();
        Probe probe = null;
        try {
            for (String program : object.programs()) {
                object.autoload(program, program.equals(Heartbeat.PROGRAM) || program.equals(hook.program()));
            }
            withoutEvents(object);
            object.maxEntries("ring_deaths", (int) options.ringBytes());
            object.maxEntries("ring_events", (int) options.events().neededRingBytes());
            object.maxEntries("tally", LibBpf.libbpf_num_possible_cpus());
            object.maxEntries("followed", Math.max(options.mostFollowed(), 1));
            options.give(object.settings("options", "options"));
            int errno = object.load();
            if (errno != 0) {
                refusals.add(new Refusal(hook, "load", errno));
                return null;
            }
            long link = object.attach(hook.program());
            if (link == 0) {
                refusals.add(new Refusal(hook, "attach", Native.errno()));
                return null;
            }
            probe = new Probe(object, hook, reason, link, options);
            return probe;
        } finally {
            if (probe == null) {
                object.close();
            }
        }
    }

    /// Leaves out what takes room and is not used.
    static void withoutEvents(BpfObject object) {
        object.without(MAPS_OF_EVENTS);
    }
}
