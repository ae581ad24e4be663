package exitbox.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The pages for people name only what exists: each `path/with/a/slash`, each `ClassName` and each link.
class PagesTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");
    private static final Pattern CLASS = Pattern.compile("[A-Z][a-z0-9]+([A-Z][a-z0-9]*)*");

    @TestFactory
    Stream<DynamicTest> namesExist() {
        return Stream.of("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "docs/reading-with-other-engines.md", "docs/service.md")
                .map(page -> DynamicTest.dynamicTest(page, () -> assertEquals(List.of(), missingIn(page))));
    }

    private static List<String> missingIn(String page) throws IOException {
        var text = Files.readString(ROOT.resolve(page));
        var classes = classes();
        var missing = new ArrayList<String>();
        LINK.matcher(text).results().map(link -> link.group(1)).filter(path -> !Files.exists(ROOT.resolve(path))).forEach(missing::add);
        for (var code : CODE.matcher(text).results().map(match -> match.group(1)).toList()) {
            boolean exists = CLASS.matcher(code).matches() ? classes.contains(code) : fileExists(code.split(" ", 2)[0]);
            if (!exists) missing.add(code);
        }
        return missing;
    }

    // Commands count by their first word. Not asked for: paths of a recording or of a machine, and those with a placeholder in capitals.
    private static boolean fileExists(String path) {
        boolean ours = path.matches("(bin|schemas|bpf|recorder|analyzer|testdata|docs|\\.ci)/[A-Za-z0-9_./-]*")
                && !path.matches(".*/[A-Z]+(\\..*|/.*)?");
        return !ours || Files.exists(ROOT.resolve(path));
    }

    private static Set<String> classes() throws IOException {
        var names = new HashSet<String>();
        for (var module : List.of("schemas", "recorder", "analyzer")) {
            try (var files = Files.walk(ROOT.resolve(module, "src"))) {
                files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".java"))
                        .forEach(file -> names.add(file.substring(0, file.length() - ".java".length())));
            }
        }
        assertTrue(names.size() > 20, "classes are found below " + ROOT);
        return names;
    }
}
