package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import exitbox.schemas.catalog.Access;
import exitbox.schemas.catalog.Recording;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which of the hosts in a folder were this machine.
class FormerHostsTest {
    @TempDir
    Path dir;

    private final List<String> said = new ArrayList<>();

    @Test
    void thoseOfThisMachineAndNoOther() throws Exception {
        assumeTrue(Files.exists(Path.of("/etc/machine-id")), "needs a machine-id");
        for (String host : List.of("web0", "web1", "other", "older")) {
            Folder.open(dir, host, Access.own()).close();
        }
        replace("other", text -> text.replaceFirst("\n[0-9a-f]{16}\n", "\n0123456789abcdef\n"));
        replace("older", text -> text.lines().findFirst().orElseThrow() + "\n");
        assertEquals(List.of("web0"), held("web1"));
        assertEquals(List.of("web0", "web1"), held("web2"));
        assertEquals(List.of(), said);
    }

    @Test
    void oneThatCannotBeTrustedIsSaidAndPassedOver() throws Exception {
        assumeTrue(Files.exists(Path.of("/etc/machine-id")), "needs a machine-id");
        Folder.open(dir, "web0", Access.own()).close();
        Path segments = Files.createDirectories(dir.resolve("exits/host=web0"));
        Files.setAttribute(segments, "unix:mode", 0777);
        assertEquals(List.of(), held("web1"));
        assertTrue(
                said.getFirst().startsWith("what was recorded as web0 before counts, and nothing of it is deleted: anybody may write into "
                        + segments),
                said.getFirst());
    }

    private interface Change {
        String of(String text);
    }

    private void replace(String host, Change change) throws Exception {
        Path lock = new Recording(dir).spoolFolder(host).resolve(Folder.LOCK);
        String text = Files.readString(lock);
        assertTrue(!change.of(text).equals(text), text);
        Files.writeString(lock, change.of(text));
    }

    private List<String> held(String host) throws Exception {
        List<String> names = new ArrayList<>();
        for (Folder folder : FormerHosts.hold(dir, host, Access.own(), said::add)) {
            names.add(folder.host());
            folder.close();
        }
        return names.stream().sorted().toList();
    }
}
