package exitbox.recorder.kernel;

import exitbox.recorder.kernel.EventHook.Choice;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The programs that record what leads to deaths. They lie in objects of their own, which share their maps with the one that
/// records deaths: so they cost it no time, and one that the kernel refuses takes none of the others with it.
final class Events implements AutoCloseable {
    private final List<BpfObject> objects = new ArrayList<>();
    // By program.
    private final Map<String, Integer> programs = new LinkedHashMap<>();
    private final Map<String, Long> links = new LinkedHashMap<>();
    private final Map<EventHook, String> targets = new EnumMap<>(EventHook.class);
    private final Map<EventHook, String> missing = new EnumMap<>(EventHook.class);
    private String iterator;

    private Events() {}

    /// Loads and attaches what is asked for: all at once, and where that is refused one by one.
    ///
    /// @param deaths the loaded object whose maps are shared
    static Events attach(BpfObject deaths, ProbeOptions options) {
        Events events = new Events();
        Map<EventHook, Choice> all = new EnumMap<>(EventHook.class);
        for (EventHook hook : options.events().hooks()) {
            if (hook == EventHook.FAILED_EXEC && !KernelVersion.running().isAtLeast(5, 11)) {
                // It would load, and see nothing.
                events.missing.put(hook, "needs Linux 5.11 or newer");
            } else {
                all.put(hook, hook.choices().getFirst());
            }
        }
        if (!all.isEmpty() && events.tryThese(all, deaths, options) != null) {
            all.keySet().forEach(hook -> events.attachOne(hook, deaths, options));
        }
        return events;
    }

    /// Those that another recorder has attached and pinned.
    static Events takeOver(Pinned pinned, Pins pins) {
        Events events = new Events();
        Facts facts = pinned.facts();
        for (EventHook hook : EventHook.values()) {
            if (facts.targets().containsKey(hook.word())) {
                events.targets.put(hook, facts.targets().get(hook.word()));
            }
            if (facts.missing().containsKey(hook.word())) {
                events.missing.put(hook, facts.missing().get(hook.word()));
            }
        }
        for (String program : facts.programs()) {
            if (!program.equals(facts.hook().program())) {
                events.programs.put(program, pinned.programFd(program));
                long link = pins.openLink(program);
                if (link != 0) {
                    events.links.put(program, link);
                }
            }
        }
        events.iterator = facts.iterator();
        return events;
    }

    private void attachOne(EventHook hook, BpfObject deaths, ProbeOptions options) {
        String refusal = null;
        for (Choice choice : hook.choices()) {
            if (choice.tracepoint() != null && !KernelBtf.hasTracepoint(choice.tracepoint())) {
                missing.put(hook, "the kernel has no tracepoint " + choice.tracepoint());
                return;
            }
            String refused = tryThese(Map.of(hook, choice), deaths, options);
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
    private String tryThese(Map<EventHook, Choice> choices, BpfObject deaths, ProbeOptions options) {
        BpfObject object = BpfObject.open();
        Map<String, Long> newLinks = new LinkedHashMap<>();
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
            options.give(object.settings("options", "options"));
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
                    newLinks.put(program, link);
                }
            }
            done = true;
        } finally {
            if (!done) {
                newLinks.values().forEach(LibBpf::bpf_link__destroy);
                object.close();
            }
        }
        objects.add(object);
        links.putAll(newLinks);
        newLinks.keySet().forEach(program -> programs.put(program, object.programFd(program)));
        choices.forEach((hook, choice) -> targets.put(hook, choice.target()));
        if (choices.containsKey(EventHook.TASKS)) {
            iterator = choices.get(EventHook.TASKS).programs().getFirst();
        }
        return null;
    }

    /// What is attached, as the recording says it.
    List<String> attached() {
        return targets.entrySet().stream().map(hook -> hook.getValue() + " (" + hook.getKey().word() + ")").toList();
    }

    /// What a hook is attached to; null when it is not.
    String target(EventHook hook) {
        return targets.get(hook);
    }

    /// What is not, or not as it should be, and why.
    Map<EventHook, String> missing() {
        return missing;
    }

    long recursionMisses() {
        return programs.values().stream().mapToLong(BpfObject::recursionMisses).sum();
    }

    /// Begins to read the processes that are alive; null when that is not possible here.
    Snapshot snapshot() {
        return iterator == null || !links.containsKey(iterator) ? null : Snapshot.open(links.get(iterator));
    }

    /// Names of the programs, with their descriptors.
    Map<String, Integer> programs() {
        return programs;
    }

    /// Names of the programs that are attached, with their links.
    Map<String, Long> links() {
        return links;
    }

    /// The program that reads the processes alive; null when there is none.
    String iterator() {
        return iterator;
    }

    /// Ends the events; what the programs counted and wrote stays.
    void detach() {
        links.values().forEach(LibBpf::bpf_link__destroy);
        links.clear();
    }

    @Override
    public void close() {
        detach();
        objects.forEach(BpfObject::close);
    }
}
