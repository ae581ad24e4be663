package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.View;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every view that people can ask for stands in the goldens, with rows to look at.
class ViewsTest {
    private static final Path GOLDENS = Path.of("..", "testdata", "goldens");

    @Test
    void everyViewHasAGoldenWithRows() throws Exception {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> stories = Files.list(GOLDENS)) {
            for (Path story : stories.toList()) {
                lines.addAll(Files.readAllLines(story));
            }
        }
        Set<String> missing = new HashSet<>();
        Contract.get().views().stream().filter(view -> view.isRelation() && !view.isPrivate()).map(View::name).forEach(missing::add);
        for (int i = 0; i + 4 < lines.size(); i++) {
            // The command, the line, the heading, its rule, a row.
            if (lines.get(i).startsWith("exitbox view ") && lines.get(i + 3).startsWith("─") && !lines.get(i + 4).startsWith("[err]")) {
                missing.remove(lines.get(i).split(" ")[2]);
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyViewTakesEveryFilter() throws Exception {
        String filters =
                " --since 03:00 --until 04:00 --utc -p 1,2 --ppid 1 --comm . --uid 0 -x --signal KILL --host web1 --cgroup / --where 'seq > 0' -n 3";
        try (Stage stage = new Stage()) {
            stage.run(List.of("recording", "runs 03:00:00 event=start run_id=r1", "heartbeats 03:00:01 cpu=0",
                    "thread_exits 03:10:00 cpu=0 pid=1 tid=1 ppid=1 uid=0 comm=a status=9 start_boot_ns=03:09:59",
                    "repeat 3 1s exits 03:10:00.5 cpu=0 pid=1+ ppid=1 uid=0 comm=a status=9 age=1s cgroup=/a cpu_ns=1 max_rss_bytes=1 read_bytes=1 write_bytes=1",
                    "gaps 03:11:00 cpu=0 table_name=exits count=1 first_boot_ns=03:10:30 last_boot_ns=03:10:31 cause=ring_full",
                    "runs 03:12:00 event=stop run_id=r1 counter_tables=exits,heartbeats,thread_exits counter_cpus=0,0,0"
                            + " counter_seen=4,1,1 counter_filtered=0,0,0",
                    "seal"));
            String balance = stage.run(List.of("exitbox view balance --format ndjson" + filters));
            assertEquals(3, balance.split("\"missing\":0[,}]", -1).length - 1, balance);
            for (View view : Contract.get().views()) {
                if (view.isRelation() && !view.isPrivate()) {
                    for (String form : List.of("table", "ndjson")) {
                        String command = "exitbox view " + view.name() + " --format " + form + " -o out" + filters;
                        String output = stage.run(List.of(command));
                        assertFalse(output.contains("[status"), command + ": " + output);
                    }
                }
            }
        }
    }
}
