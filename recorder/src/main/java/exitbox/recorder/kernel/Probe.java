package exitbox.recorder.kernel;

import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.spool.ClockPair;
import exitbox.schemas.text.Json;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The BPF programs at work in the kernel: from [Arming#arm] on every death goes into the ring [#deaths] or is counted. What is
/// recorded beside deaths is loaded meanwhile, see [#awaitEvents].
///
/// Lifetime: [#detach] ends the events and leaves everything else usable, so that the ring can be drained to its end;
/// [#close] frees the ring and what is still in it. A process that dies detaches and frees by dying.
public final class Probe implements AutoCloseable {

    // What a recorder that takes over reads, writes and runs.
    private static final List<String> MAPS = List.of("ring_deaths", "ring_events", "counters", "control", "beat", "tally");

    // Shared with user space beside the records.
    private static final List<String> STRUCTS = List.of("control", "counter", "tally", "heartbeat_values");

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

    /// Of an object that is loaded and attached; see [Arming].
    Probe(BpfObject object, ExitHook hook, String hookReason, long link, ProbeOptions options) {
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
        this.heartbeat = new Heartbeat(object.programFd(Heartbeat.PROGRAM), object.mapFd("beat"), object.struct("heartbeat_values"), arena);
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
        if (!whole) {
            pins.releaseLinks();
            LibC.waitForPrograms();
        }
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
        where.program(Heartbeat.PROGRAM, object.programFd(Heartbeat.PROGRAM));
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
