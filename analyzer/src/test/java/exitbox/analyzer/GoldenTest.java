package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Runs the stories of testdata/goldens: recordings written as text, commands on them, and what they print.
/// With -Dexitbox.goldens=update the files are rewritten with what is printed now; -Dexitbox.golden=NAME runs those of that name.
class GoldenTest {
    private static final Path GOLDENS = Path.of("..", "testdata", "goldens");

    @TestFactory
    @Execution(ExecutionMode.CONCURRENT)
    Stream<DynamicTest> goldens() throws Exception {
        boolean update = "update".equals(System.getProperty("exitbox.goldens"));
        if (update) {
            assertNull(System.getenv("CI"), "goldens are rewritten by people, who read the diff: not where CI is set");
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(GOLDENS)) {
            String only = System.getProperty("exitbox.golden", "");
            files = all.filter(file -> file.getFileName().toString().startsWith(only) && file.toString().endsWith(".txt")).sorted()
                    .toList();
        }
        assertNotEquals(0, files.size(), "no goldens in " + GOLDENS.toAbsolutePath());
        return files.stream().map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file, update)));
    }

    private static void compare(Path file, List<String> expected, List<String> printed) {
        for (int i = 0; i < Math.max(expected.size(), printed.size()); i++) {
            String wanted = i < expected.size() ? expected.get(i) : "(the end)";
            String got = i < printed.size() ? printed.get(i) : "(the end)";
            String where = file.getFileName() + ", line " + (i + 1);
            assertEquals(wanted, got, where + " — if it is right as it is now: bin/test --update, and read the diff");
        }
    }

    private static void run(Path file, boolean update) throws Exception {
        String printed;
        try (Stage stage = new Stage()) {
            printed = Golden.rerun(file, stage::run);
        }
        if (update) {
            Files.writeString(file, printed);
        } else {
            compare(file, Files.readAllLines(file), printed.lines().toList());
        }
    }
}
