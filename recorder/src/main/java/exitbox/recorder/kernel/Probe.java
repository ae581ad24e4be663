package exitbox.recorder.kernel;

import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.ClockPair;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The BPF programs at work in the kernel: from [#arm] on every death goes into the [#ring] or is counted.
///
/// Lifetime: [#detach] ends the events and leaves everything else usable, so that the ring can be drained to its end;
/// [#close] frees the ring and what is still in it. A process that dies detaches and frees by dying.
public final class Probe implements AutoCloseable {

    /// The oldest kernel with all that is used: BPF_PROG_TEST_RUN of raw tracepoint programs, for the heartbeat.
    private static final int[] OLDEST_KERNEL = {5, 10};

    /// Where the tracepoint got group_dead upstream. Only a hint at what to try first.
    private static final int[] GROUP_DEAD_KERNEL = {6, 16};

    private static final String HEARTBEAT = "heartbeat";
    private static final Path VMLINUX_BTF = Path.of("/sys/kernel/btf/vmlinux");

    private final Arena arena = Arena.ofShared();
    private final BpfObject object;
    private final ExitHook hook;
    private final String hookReason;
    private long link;
    private final Ring ring;
    private final Control control;
    private final Counters.Reader counters;
    private final Heartbeat heartbeat;
    private final Clock clock = new Clock();

    private Probe(BpfObject object, ExitHook hook, String hookReason, long link, ProbeOptions options) {
        this.object = object;
        this.hook = hook;
        this.hookReason = hookReason;
        this.link = link;
        Btf btf = object.btf();
        this.ring = Ring.map(object.mapFd("ring_deaths"), options.ringBytes(), arena);
        this.control = new Control(object.mapFd("control"), btf.struct("control"), arena);
        this.counters = new Counters.Reader(object.mapFd("counters"), btf.struct("counter"), arena);
        this.heartbeat = new Heartbeat(object.programFd(HEARTBEAT), object.mapFd("beat"), btf.struct("heartbeat_values"), arena);
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

    /// Loads and attaches. Tries the hooks the kernel's types speak for, best first, and takes the first that is not
    /// refused. Throws [KernelException] when there is none; nothing is left behind then.
    public static Probe arm(ProbeOptions options) {
        KernelVersion kernel = KernelVersion.running();
        checkKernel(kernel);
        LibBpf.require();
        List<Refusal> refusals = new ArrayList<>();
        if (options.hook() != null) {
            return tryAll(List.of(options.hook()), "asked for", options, refusals);
        }
        if (kernel.isAtLeast(GROUP_DEAD_KERNEL[0], GROUP_DEAD_KERNEL[1])) {
            // The verifier compares the program with the same BTF: not reading it ourselves first saves 15 ms.
            Probe probe = tryOne(ExitHook.GROUP_DEAD, KernelBtf.GROUP_DEAD_REASON, options, refusals);
            if (probe != null) {
                return probe;
            }
            refusals.clear();
        }
        KernelBtf types = KernelBtf.read();
        return tryAll(types.candidates(), types.reason(), options, refusals);
    }

    private static Probe tryAll(List<ExitHook> hooks, String reason, ProbeOptions options, List<Refusal> refusals) {
        Probe probe = tryEach(hooks, reason, options, refusals);
        if (probe != null) {
            return probe;
        }
        // Once more, now listening to libbpf and the verifier.
        try (BpfLog log = new BpfLog()) {
            refusals.clear();
            probe = tryEach(hooks, reason, options, refusals);
            if (probe != null) {
                return probe;
            }
            throw Refusal.exception(refusals, options, log.text());
        }
    }

    private static Probe tryEach(List<ExitHook> hooks, String reason, ProbeOptions options, List<Refusal> refusals) {
        for (ExitHook hook : hooks) {
            StringBuilder why = new StringBuilder(reason);
            for (Refusal refusal : refusals) {
                why.append("; ").append(refusal.words());
            }
            Probe probe = tryOne(hook, why.toString(), options, refusals);
            if (probe != null) {
                return probe;
            }
        }
        return null;
    }

    private static Probe tryOne(ExitHook hook, String reason, ProbeOptions options, List<Refusal> refusals) {
        BpfObject object = BpfObject.open();
        Probe probe = null;
        try {
            for (String program : object.programs()) {
                object.autoload(program, program.equals(HEARTBEAT) || program.equals(hook.program()));
            }
            object.maxEntries("ring_deaths", (int) options.ringBytes());
            set(object.settings("options", "options"), options);
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

    private static void set(BpfObject.Settings settings, ProbeOptions options) {
        settings.set("uid", options.uid().orElse(-1));
        settings.set("cgroup", options.cgroup().orElse(0));
        settings.set("wake_bytes", options.ringBytes() / 4);
        settings.set("page_bytes", LibC.getpagesize());
        settings.set("pid", options.pid().orElse(0));
        settings.set("failed_only", options.failedOnly() ? 1 : 0);
        settings.set("threads", options.threads() ? 1 : 0);
    }

    private static void checkKernel(KernelVersion kernel) {
        if (!kernel.isAtLeast(OLDEST_KERNEL[0], OLDEST_KERNEL[1])) {
            throw new KernelException(KernelException.BPF_REFUSED,
                    "cannot record on Linux " + kernel + ": too old — exitbox needs 5.10 or newer");
        }
        if (!Files.exists(VMLINUX_BTF)) {
            throw new KernelException(KernelException.BPF_REFUSED,
                    "cannot record: the kernel does not describe its types (" + VMLINUX_BTF
                            + " is missing) — use a kernel built with CONFIG_DEBUG_INFO_BTF");
        }
    }

    public ExitHook hook() {
        return hook;
    }

    /// Why this hook: what the kernel's BTF says, and what was refused before.
    public String hookReason() {
        return hookReason;
    }

    /// Version of the libbpf in use, such as `v1.1`.
    public String libbpfVersion() {
        return LibBpf.version();
    }

    public Ring ring() {
        return ring;
    }

    public Control control() {
        return control;
    }

    /// What the kernel has counted up to now. For one thread at a time.
    public Counters counters() {
        return counters.read();
    }

    /// Sends a heartbeat record through the ring with the counters just read and a fresh clock pair. Returns false
    /// when the ring was full; that is counted as a lost heartbeat. For the thread that reads the counters.
    public boolean heartbeat(ClockPair pair, Counters counters, long spoolBytes) {
        return heartbeat.send(pair, counters, spoolBytes);
    }

    /// Events that no hook saw because a program was running inside itself on the same CPU: known loss, of an unknown
    /// table. 0 on kernels that do not count it (before 5.12).
    public long recursionMisses() {
        return BpfObject.recursionMisses(object.programFd(hook.program()));
    }

    /// Layouts of all record structs, from the object's own BTF.
    public List<RecordLayout> layouts() {
        return Layouts.of(object.btf());
    }

    /// Ends the events. When this returns no program is running any more: the counters stand still, and what they
    /// counted as written is in the ring. Heartbeats still work. A second call does nothing.
    public void detach() {
        if (link != 0) {
            LibBpf.bpf_link__destroy(link);
            link = 0;
            LibC.waitForPrograms();
        }
    }

    /// Detaches and frees everything; records that still are in the ring are gone.
    @Override
    public void close() {
        if (link != 0) {
            LibBpf.bpf_link__destroy(link);
            link = 0;
        }
        if (arena.scope().isAlive()) {
            arena.close();
            object.close();
        }
    }
}
