package exitbox.recorder.kernel;

import exitbox.recorder.kernel.EventHook.Choice;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The programs that record what leads to deaths. They lie in objects of their own, which share their maps with the one that
/// records deaths: so they cost it no time, and one that the kernel refuses takes none of the others with it.
final class Events implements AutoCloseable {
    private final BpfObject deaths;
    private final ProbeOptions options;
    private final List<BpfObject> objects = new ArrayList<>();
    private final List<Long> links = new ArrayList<>();
    private final List<Integer> programs = new ArrayList<>();
    private final Map<EventHook, Choice> attached = new EnumMap<>(EventHook.class);
    private final Map<EventHook, String> missing = new EnumMap<>(EventHook.class);
    private long snapshots;

    private Events(BpfObject deaths, ProbeOptions options) {
        this.deaths = deaths;
        this.options = options;
    }

    /// Loads and attaches what is asked for: all at once, and where that is refused one by one.
    ///
    /// @param deaths the loaded object whose maps are shared
    static Events attach(BpfObject deaths, ProbeOptions options) {
        Events events = new Events(deaths, options);
        Map<EventHook, Choice> all = new EnumMap<>(EventHook.class);
        for (EventHook hook : options.events().hooks()) {
            if (hook == EventHook.FAILED_EXEC && !KernelVersion.running().isAtLeast(5, 11)) {
                // It would load, and see nothing.
                events.missing.put(hook, "needs Linux 5.11 or newer");
            } else {
                all.put(hook, hook.choices().getFirst());
            }
        }
        if (!all.isEmpty() && events.tryThese(all) != null) {
            all.keySet().forEach(events::attachOne);
        }
        return events;
    }

    private void attachOne(EventHook hook) {
        String refusal = null;
        for (Choice choice : hook.choices()) {
            if (choice.tracepoint() != null && !KernelBtf.hasTracepoint(choice.tracepoint())) {
                missing.put(hook, "the kernel has no tracepoint " + choice.tracepoint());
                return;
            }
            String refused = tryThese(Map.of(hook, choice));
            if (refused == null) {
                if (refusal != null) {
                    missing.put(hook, refusal + ": " + choice.lacks());
                }
                return;
            }
            refusal = refusal == null ? refused : refusal;
        }
        missing.put(hook, refusal);
    }

    /// Null when all were attached; else what was refused, and nothing is left behind.
    private String tryThese(Map<EventHook, Choice> choices) {
        BpfObject object = BpfObject.open();
        List<Long> newLinks = new ArrayList<>();
        long iterator = 0;
        boolean done = false;
        try {
            List<String> lacking = choices.values().stream().flatMap(choice -> choice.programs().stream())
                    .filter(program -> !object.has(program)).toList();
            if (!lacking.isEmpty()) {
                return "there is no program for this kind of machine";
            }
            for (String program : object.programs()) {
                object.autoload(program, choices.values().stream().anyMatch(choice -> choice.programs().contains(program)));
            }
            object.share(deaths);
            object.maxEntries("exec_scratch", choices.containsKey(EventHook.EXEC) || choices.containsKey(EventHook.FAILED_EXEC)
                    ? LibBpf.libbpf_num_possible_cpus()
                    : 1);
            Probe.set(object.settings("options", "options"), options);
            int errno = object.load();
            if (errno != 0) {
                return "load refused with " + Errno.name(errno);
            }
            for (Map.Entry<EventHook, Choice> entry : choices.entrySet()) {
                for (String program : entry.getValue().programs()) {
                    boolean isIterator = entry.getKey() == EventHook.TASKS;
                    long link = isIterator ? object.attachIterator(program) : object.attach(program);
                    if (link == 0) {
                        return program + ": attach refused with " + Errno.name(Native.errno());
                    }
                    newLinks.add(link);
                    iterator = isIterator ? link : iterator;
                }
            }
            done = true;
        } finally {
            if (!done) {
                newLinks.forEach(LibBpf::bpf_link__destroy);
                object.close();
            }
        }
        objects.add(object);
        snapshots = iterator == 0 ? snapshots : iterator;
        links.addAll(newLinks);
        attached.putAll(choices);
        choices.values().forEach(choice -> choice.programs().forEach(program -> programs.add(object.programFd(program))));
        return null;
    }

    /// What is attached, as the recording says it.
    List<String> attached() {
        return attached.entrySet().stream().map(hook -> hook.getValue().target() + " (" + hook.getKey().word() + ")").toList();
    }

    /// What a hook is attached to; null when it is not.
    String target(EventHook hook) {
        return attached.containsKey(hook) ? attached.get(hook).target() : null;
    }

    /// What is not, or not as it should be, and why.
    Map<EventHook, String> missing() {
        return missing;
    }

    long recursionMisses() {
        return programs.stream().mapToLong(BpfObject::recursionMisses).sum();
    }

    /// Begins to read the processes that are alive; null when that is not possible here.
    Snapshot snapshot() {
        return snapshots == 0 ? null : Snapshot.open(snapshots);
    }

    /// Ends the events; what the programs counted and wrote stays.
    void detach() {
        links.forEach(LibBpf::bpf_link__destroy);
        links.clear();
        snapshots = 0;
    }

    @Override
    public void close() {
        detach();
        objects.forEach(BpfObject::close);
    }
}
