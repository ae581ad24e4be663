package exitbox.analyzer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import exitbox.schemas.contract.Contract;
import exitbox.schemas.contract.View;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Every view that people can ask for stands in the goldens, with rows to look at.
class ViewsTest {
    private static final Path GOLDENS = Path.of("..", "testdata", "goldens");

    @Test
    void everyViewHasAGoldenWithRows() throws Exception {
        List<String> lines = Files.readAllLines(GOLDENS.resolve("views.txt"));
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
}
