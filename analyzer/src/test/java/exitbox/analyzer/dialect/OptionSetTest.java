package exitbox.analyzer.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.analyzer.dialect.OptionSet.Division;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionSetTest {
    private static final Map<String, Integer> AROUND = Map.of("--since", 1, "--utc", 0, "-d", 1, "-r", 0, "-p", 1, "--pid", 1, "--json", 0);

    @Test
    void a_tools_own_options_are_taken_out_of_the_rest() {
        assertEquals(new Division(List.of("-tx", "-p", "42", "--label", "-x"), List.of("-d", "-t", "--since", "-15m", "-r")),
                divide("exitsnoop", "-d", "-t", "-tx", "--since", "-15m", "-p", "42", "--label", "-x", "-r"));
        assertEquals(new Division(List.of("-tp42", "-T"), List.of("--since=03:10", "--json")),
                divide("exitsnoop-libbpf", "--since=03:10", "-tp42", "--json", "-T"));
        assertEquals(new Division(List.of(), List.of("-p", "42", "-t")), divide("exitsnoop-eunomia", "-p", "42", "-t"));
        assertEquals(new Division(List.of("-t"), List.of("--", "-x")), divide("exitsnoop", "-t", "--", "-x"));
    }

    @Test
    void utc_holds_for_the_tool_and_for_the_command() {
        assertEquals(new Division(List.of("--utc"), List.of("--utc")), divide("exitsnoop", "--utc"));
        assertEquals(new Division(List.of(), List.of("--utc")), divide("exitsnoop-libbpf", "--utc"));
    }

    @Test
    void options_are_read_as_the_tools_read_them() {
        assertEquals(new ToolOptions(true, true, "", true, 7, true, null),
                OptionSet.of("exitsnoop").parse(List.of("--utc", "--label=", "--fail", "-p7", "--per")));
        assertEquals(new ToolOptions(true, false, "a=b", false, 9, false, null),
                OptionSet.of("exitsnoop").parse(List.of("--timest", "--label=a=b", "--pid=8", "-p", "9")));
        assertEquals(new ToolOptions(true, false, null, true, 42, true, "/sys/fs/cgroup/x"),
                OptionSet.of("exitsnoop-libbpf").parse(List.of("-Tc/sys/fs/cgroup/x", "-txp", "42")));
    }

    private static Division divide(String tool, String... words) {
        return OptionSet.of(tool).divide(List.of(words), AROUND::get);
    }
}
