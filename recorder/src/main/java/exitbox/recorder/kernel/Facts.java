package exitbox.recorder.kernel;

import exitbox.schemas.layout.RecordLayout;
import exitbox.schemas.text.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What a recorder has to know of pinned programs that it did not load itself. It is pinned with them, in map `facts`, so
/// that a later version reads their records as they are laid out, and not as its own would be.
///
/// @param runId the run that they were armed for
/// @param comm the pattern of names that are recorded, in user space; null for all
/// @param options what they were loaded with, as [ProbeOptions#facts] says it
/// @param hook the exit hook
/// @param hookReason why that one
/// @param armedMonoNs CLOCK_MONOTONIC of the moment from which on every death is seen
/// @param armedBootNs CLOCK_BOOTTIME of it
/// @param targets by the word of an event hook, what it is attached to
/// @param missing by the word of an event hook, why it is not, or not as it should be
/// @param programs names of all attached programs, each of which has a link
/// @param iterator the one of them that reads the processes alive; null when there is none
/// @param structs the layouts of all structs that are shared with them
record Facts(String runId, String comm, Map<String, Object> options, ExitHook hook, String hookReason, long armedMonoNs, long armedBootNs,
        Map<String, String> targets, Map<String, String> missing, List<String> programs, String iterator, List<RecordLayout> structs) {

    private static final long FORMAT = 1;

    String toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("format", FORMAT);
        json.put("run", runId);
        json.put("comm", comm);
        json.put("options", options);
        json.put("hook", hook.word());
        json.put("hook_reason", hookReason);
        json.put("armed_mono_ns", armedMonoNs);
        json.put("armed_boot_ns", armedBootNs);
        json.put("targets", targets);
        json.put("missing", missing);
        json.put("programs", programs);
        json.put("iterator", iterator);
        json.put("structs", RecordLayout.toJson(structs));
        return Json.write(json);
    }

    /// An [IOException] says what is wrong with text that is none.
    static Facts ofJson(String text) throws IOException {
        Map<String, Object> json = Json.readObject(text);
        if (!Objects.equals(json.get("format"), FORMAT)) {
            throw new IOException("they are of a version that this one does not know");
        }
        try {
            return new Facts(text(json, "run"), (String) json.get("comm"), strings(json, "options"), ExitHook.of(text(json, "hook")),
                    text(json, "hook_reason"),
                    (Long) json.get("armed_mono_ns"), (Long) json.get("armed_boot_ns"), strings(json, "targets"), strings(json, "missing"),
                    ((List<?>) json.get("programs")).stream().map(String.class::cast).toList(), (String) json.get("iterator"),
                    RecordLayout.ofJson(json.get("structs")));
        } catch (RuntimeException e) {
            throw new IOException("what they say of themselves lacks a fact or has one of the wrong type", e);
        }
    }

    private static String text(Map<String, Object> json, String fact) {
        return Objects.requireNonNull((String) json.get(fact), fact);
    }

    @SuppressWarnings("unchecked")
    private static <T> Map<String, T> strings(Map<String, Object> json, String fact) {
        Map<String, T> map = new LinkedHashMap<>();
        ((Map<?, ?>) json.get(fact)).forEach((key, value) -> map.put((String) key, (T) value));
        return map;
    }
}
