package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class CompletionTest {
    @Test
    void namesOfViewsTablesAndToolsAreCompleted() throws Exception {
        try (Stage stage = new Stage()) {
            String script = stage.run(List.of("exitbox completion"));
            for (String name : List.of("crash_loops", "timeline", "thread_exits", "execsnoop-libbpf", "killer")) {
                assertTrue(script.contains("\"" + name + "\""), name);
            }
        }
    }
}
