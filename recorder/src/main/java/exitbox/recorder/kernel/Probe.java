package exitbox.recorder.kernel;

import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.text.Json;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The BPF programs at work in the kernel: from [#arm] on every death goes into the ring [#deaths] or is counted. What is
/// recorded beside deaths is loaded meanwhile, see [#awaitEvents].
///
/// Lifetime: [#detach] ends the events and leaves everything else usable, so that the ring can be drained to its end;
/// [#close] frees the ring and what is still in it. A process that dies detaches and frees by dying.
public final class Probe implements AutoCloseable {

    /// The oldest kernel with all that is used: BPF_PROG_TEST_RUN of raw tracepoint programs, for the heartbeat.
    private static final int[] OLDEST_KERNEL = {5, 10};

    /// Where the tracepoint got group_dead upstream. Only a hint at what to try first.
    private static final int[] GROUP_DEAD_KERNEL = {6, 16};

    private static final String HEARTBEAT = "heartbeat";

    // Maps that only other programs than these use.
    static final List<String> MAPS_OF_EVENTS = List.of("exec_scratch", "tasks_scratch", "old_comms");

    // What a recorder that takes over reads, writes and runs.
    private static final List<String> MAPS = List.of("ring_deaths", "ring_events", "counters", "control", "beat", "tally");

    // Shared with user space beside the records.
    private static final List<String> STRUCTS = List.of("control", "counter", "tally", "heartbeat_values");

    private static final Path VMLINUX_BTF = Path.of("/sys/kernel/btf/vmlinux");

    private final Arena arena = Arena.ofShared();
    private final Loaded object;
    private final ExitHook hook;
    private final String hookReason;
    private long armedMonoNs;
    private long armedBootNs;
    private long link;
    private final Ring deaths;
    private final Ring eventsRing;
    private final Control control;
    private final Counters.Reader counters;
    private final Heartbeat heartbeat;
    private final Tally tally;
    private final Thread loader;
    private final Map<String, Object> options;
    // Null when this was taken over.
    private Supplier<Adoption> adoption;
    private Events events;
    private RuntimeException failure;
    private String runTakenOver;
    private String commTakenOver;
    // Null while nothing is pinned.
    private Pins pins;

    private Probe(BpfObject object, ExitHook hook, String hookReason, long link, ProbeOptions options) {
        this(object, hook, hookReason, link, new Clock().monoNs(), new Clock().bootNs(), options.facts(), probe -> Thread.ofPlatform()
                .daemon().name("events")
                // On another CPU: deaths are recorded already, and the verifier takes longer for these programs than for the exit program.
                .start(() -> probe.load(() -> Events.attach(object, options))));
        this.adoption = () -> Adoption.begin(object, options, control);
    }

    private Probe(Pinned pinned, Pins pins, long link) {
        Facts facts = pinned.facts();
        this(pinned, facts.hook(), facts.hookReason(), link, facts.armedMonoNs(), facts.armedBootNs(), facts.options(), null);
        load(() -> Events.takeOver(pinned, pins));
        this.pins = pins;
        this.runTakenOver = facts.runId();
        this.commTakenOver = facts.comm();
    }

    private Probe(Loaded object, ExitHook hook, String hookReason, long link, long armedMonoNs, long armedBootNs,
            Map<String, Object> options, Function<Probe, Thread> loader) {
        this.object = object;
        this.hook = hook;
        this.hookReason = hookReason;
        this.link = link;
        this.armedMonoNs = armedMonoNs;
        this.armedBootNs = armedBootNs;
        this.options = options;
        this.deaths = Ring.map(object.mapFd("ring_deaths"), (Long) options.get("ring_bytes"), arena);
        this.eventsRing = Ring.map(object.mapFd("ring_events"), (Long) options.get("events_ring_bytes"), arena);
        this.control = new Control(object.mapFd("control"), object.struct("control"), arena);
        this.tally = Tally.map(object.mapFd("tally"), object.struct("tally"), arena);
        this.counters = new Counters.Reader(object.mapFd("counters"), object.struct("counter"), tally, arena);
        this.heartbeat = new Heartbeat(object.programFd(HEARTBEAT), object.mapFd("beat"), object.struct("heartbeat_values"), arena);
        this.loader = loader == null ? null : loader.apply(this);
    }

    private void markArmed() {
        Clock clock = new Clock();
        armedMonoNs = clock.monoNs();
        armedBootNs = clock.bootNs();
    }

    private void load(Supplier<Events> how) {
        try {
            events = how.get();
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /// Takes over what another recorder armed and pinned: its programs, rings and counters, as they are. Where it had begun to
    /// stop, and detached them already, they are not at work any more, see [#isAttached].
    public static Probe takeOver(Pins pins) {
        LibBpf.require();
        Pinned pinned = Pinned.open(pins);
        boolean whole = pins.linked(pinned.facts().programs());
        try {
            return new Probe(pinned, pins, whole ? pins.openLink(pinned.facts().hook().program()) : 0);
        } catch (RuntimeException e) {
            pinned.close();
            throw e;
        }
    }

    /// Pins all of it, so that it outlives this process: until [#unpin].
    ///
    /// @param runId the run that it is pinned for
    /// @param comm the pattern of names that are recorded, see [#commTakenOver]; null when all are
    public void pin(Pins where, String runId, String comm) {
        Events events = events();
        Map<String, Integer> programs = new LinkedHashMap<>(events.programs());
        programs.put(hook.program(), object.programFd(hook.program()));
        Facts facts = new Facts(runId, comm, options, hook, hookReason, armedMonoNs, armedBootNs, words(events::target),
                words(events.missing()::get), List.copyOf(programs.keySet()), events.iterator(),
                Stream.concat(Layouts.RECORDS.stream(), STRUCTS.stream()).map(object::struct).toList());
        Pinned.write(facts, object.mapFd("facts"));
        where.begin();
        for (String map : MAPS) {
            where.map(map, object.mapFd(map));
        }
        where.program(HEARTBEAT, object.programFd(HEARTBEAT));
        programs.forEach(where::program);
        events.links().forEach(where::link);
        where.link(hook.program(), link);
        where.map("facts", object.mapFd("facts"));
        pins = where;
    }

    /// By the words of event hooks, what there is to say of them.
    private static Map<String, String> words(Function<EventHook, String> what) {
        Map<String, String> words = new LinkedHashMap<>();
        for (EventHook hook : EventHook.values()) {
            if (what.apply(hook) != null) {
                words.put(hook.word(), what.apply(hook));
            }
        }
        return words;
    }

    /// The run that another recorder armed this for; null when this one did.
    public String runTakenOver() {
        return runTakenOver;
    }

    /// The pattern of names that the other recorder had taken, in user space; null for all, and when nothing was taken over.
    public String commTakenOver() {
        return commTakenOver;
    }

    public boolean isPinned() {
        return pins != null;
    }

    /// Whether events come: not after [#detach], also that of another recorder which then died.
    public boolean isAttached() {
        return link != 0;
    }

    /// Whether programs that are armed with these options would be the same.
    public boolean hasOptions(ProbeOptions wanted) {
        return Json.write(options).equals(Json.write(wanted.facts()));
    }

    /// From now on all of it ends with this process, or when it is closed. Nothing happens when nothing is pinned.
    public void unpin() {
        if (pins != null) {
            pins.clear();
            pins = null;
        }
    }

    /// Returns when the programs that record what leads to deaths are attached, or refused.
    public void awaitEvents() {
        join();
        if (failure != null) {
            throw failure;
        }
    }

    private void join() {
        try {
            if (loader != null) {
                loader.join();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the recorder", e);
        }
    }

    private Events events() {
        awaitEvents();
        return events;
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
            object.without(MAPS_OF_EVENTS);
            object.maxEntries("ring_deaths", (int) options.ringBytes());
            object.maxEntries("ring_events", (int) options.events().neededRingBytes());
            object.maxEntries("tally", LibBpf.libbpf_num_possible_cpus());
            object.maxEntries("followed", Math.max(options.mostFollowed(), 1));
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

    static void set(BpfObject.Settings settings, ProbeOptions options) {
        settings.set("uid", options.uid().orElse(-1));
        settings.set("cgroup", options.cgroup().orElse(0));
        settings.set("wake_bytes", options.ringBytes() / 4);
        settings.set("page_bytes", LibC.getpagesize());
        settings.set("pid", options.pid().orElse(0));
        settings.set("failed_only", options.failedOnly() ? 1 : 0);
        settings.set("threads", options.threads() ? 1 : 0);
        EventOptions events = options.events();
        settings.set("events_wake_bytes", events.neededRingBytes() / 4);
        settings.set("runq_min_ns", events.runqMinNs());
        settings.set("signals_all", events.allSignals() ? 1 : 0);
        settings.set("max_args_bytes", events.maxArgsBytes());
        settings.set("tree", options.mostFollowed() > 0 ? 1 : 0);
        settings.set("recorder", options.mostFollowed() > 0 ? ProcessHandle.current().pid() : 0);
    }

    /// Throws [KernelException] when this kernel has not what is needed.
    public static String requireKernel() {
        checkKernel(KernelVersion.running());
        return KernelVersion.running().toString();
    }

    /// The version of libbpf; throws [KernelException] when there is none.
    public static String requireLibBpf() {
        LibBpf.require();
        return LibBpf.version();
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

    /// CLOCK_MONOTONIC of the moment from which on every death is seen.
    public long armedMonoNs() {
        return armedMonoNs;
    }

    /// CLOCK_BOOTTIME of that moment.
    public long armedBootNs() {
        return armedBootNs;
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

    /// What is attached, as the recording says it: where, and what for. Waits as [#awaitEvents].
    public List<String> hooks() {
        List<String> hooks = new ArrayList<>(List.of(hook.target() + " (" + hook.word() + ")"));
        hooks.addAll(events().attached());
        return hooks;
    }

    /// What a hook is attached to; null when it is not.
    public String target(EventHook hook) {
        return events().target(hook);
    }

    /// What was asked for and is not attached, or not as it should be: a sentence each.
    public Map<EventHook, String> missing() {
        return events().missing();
    }

    /// Which processes are recorded, when the options say that not all are. Waits as [#awaitEvents]; throws
    /// [KernelException] when the kernel cannot follow forks.
    public Followed followed() {
        String refused = events().target(EventHook.FORK) != null ? null : missing().getOrDefault(EventHook.FORK, "the hook is left out");
        if (refused != null) {
            throw new KernelException(KernelException.BPF_REFUSED, "cannot follow what a process starts: forks are not seen: " + refused);
        }
        return new Followed(object.mapFd("followed"), adoption, this::markArmed);
    }

    /// The ring of deaths, OOM kills and heartbeats.
    public Ring deaths() {
        return deaths;
    }

    /// The ring of execs, forks, signals and waits for a CPU.
    public Ring eventsRing() {
        return eventsRing;
    }

    /// Begins to read the processes that are alive; null when that was not asked for, or is not to be had here.
    public Snapshot snapshot() {
        return events().snapshot();
    }

    public Control control() {
        return control;
    }

    /// What the recording tells of the kernel's counts.
    public Tally tally() {
        return tally;
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
    /// table, of all programs together. 0 on kernels that do not count it (before 5.12).
    public long recursionMisses() {
        return BpfObject.recursionMisses(object.programFd(hook.program())) + events().recursionMisses();
    }

    /// Layouts of all record structs, from the object's own BTF.
    public List<RecordLayout> layouts() {
        return Layouts.of(object);
    }

    /// Ends the events, deaths last; what is pinned keeps the rest, until [#unpin]. When this returns no program is running any more: the counters stand still, and what they
    /// counted as written is in the rings. Heartbeats still work. A second call does nothing.
    public void detach() {
        if (link != 0) {
            unlink();
            LibC.waitForPrograms();
        }
    }

    private void unlink() {
        join();
        if (pins != null) {
            pins.releaseLinks();
        }
        if (events != null) {
            events.detach();
        }
        LibBpf.bpf_link__destroy(link);
        link = 0;
    }

    /// Frees everything that is not pinned, and detaches: records that still are in the rings are gone then. What is pinned goes on.
    @Override
    public void close() {
        if (link != 0) {
            pins = null;
            unlink();
        }
        if (arena.scope().isAlive()) {
            arena.close();
            if (events != null) {
                events.close();
            }
            object.close();
        }
    }
}
