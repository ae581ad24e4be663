package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `exitbox install` into a tree, and the service's life under a systemd of its own.
class InstallIT {
    @TempDir
    Path folder;

    private record Answer(int status, String text) {}

    @Test
    void aTreeIsWholeAndIsTakenAwayWhole() throws Exception {
        Path tree = folder.resolve("tree");
        String lib = tree + "/usr/local/lib/exitbox";
        assertEquals("would have placed the program in " + lib,
                install("--root", tree.toString(), "--dry-run").text().lines().findFirst().orElseThrow());
        assertFalse(Files.exists(tree));
        assertEquals(new Answer(0, String.join("\n", "placed the program in " + lib, "placed " + tree + "/usr/local/bin/exitbox",
                "placed " + tree + "/usr/local/share/bash-completion/completions/exitbox",
                "placed " + tree + "/usr/local/lib/sysusers.d/exitbox.conf",
                "placed " + tree + "/usr/local/lib/systemd/system/exitbox.service",
                "placed " + tree + "/usr/local/lib/systemd/system/run-exitbox-bpf.mount", "placed " + tree + "/etc/exitbox.conf\n")),
                install("--root", tree.toString()));
        assertEquals(new Answer(0, "nothing to do: " + tree + " has it all\n"), install("--root", tree.toString()));

        // It runs where it stands, without the sources.
        assertTrue(run(List.of(tree + "/usr/local/bin/exitbox", "--version")).text().startsWith("exitbox "));
        assertTrue(Files.readString(tree.resolve("usr/local/lib/systemd/system/exitbox.service"))
                .contains("\nExecStart=/usr/local/bin/exitbox record --config /etc/exitbox.conf\n"));

        Path conf = tree.resolve("etc/exitbox.conf");
        String shipped = Files.readString(conf);
        Files.writeString(conf, shipped + "rotate-every=7m\n");
        assertEquals(new Answer(0, "kept " + conf + ", which was edited (as shipped: " + lib + "/bin/service/exitbox.conf)\n"
                + "nothing to do: " + tree + " has it all\n"), install("--root", tree.toString()));

        Answer uninstalled = run(List.of(tree + "/usr/local/bin/exitbox", "uninstall", "--root", tree.toString()));
        assertEquals(0, uninstalled.status(), uninstalled.text());
        assertTrue(uninstalled.text().endsWith("kept " + conf + " and the user exitbox (--purge removes them)\n"), uninstalled.text());
        assertEquals(shipped + "rotate-every=7m\n", Files.readString(conf));
        assertEquals(List.of(conf), files(tree));
        assertEquals(new Answer(0, "removed " + conf + "\n"),
                run(List.of(Truth.ROOT.resolve("bin/exitbox").toString(), "uninstall", "--purge", "--root", tree.toString())));
        assertEquals(List.of(), files(tree));
    }

    @Test
    void othersThanRootAreToldWhatToTypeAndMayTry() throws Exception {
        Path tree = folder.resolve("tree");
        install("--root", tree.toString());
        // Folders of tests are their owner's alone.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        String program = tree + "/usr/local/bin/exitbox";
        List<String> asNobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program);
        assumeTrue(run(Stream.concat(asNobody.stream(), Stream.of("--version")).toList()).status() == 0, "needs root, and a Java for all");
        assertEquals(new Answer(77, "exitbox: cannot install: only root may — sudo " + program
                + " install, or --root FOLDER for a package, or --dry-run\n"),
                run(Stream.concat(asNobody.stream(), Stream.of("install")).toList()));
        Answer dry = run(Stream.concat(asNobody.stream(), Stream.of("install", "--dry-run", "--prefix", "/usr/nowhere")).toList());
        assertEquals(0, dry.status(), dry.text());
        assertTrue(dry.text().startsWith("would have placed the program in /usr/nowhere/lib/exitbox\n"), dry.text());
    }

    @Test
    void anOlderConfigurationThatNobodyEditedIsReplaced() throws Exception {
        Path tree = folder.resolve("tree");
        install("--root", tree.toString());
        Path conf = tree.resolve("etc/exitbox.conf");
        String newer = Files.readString(conf);
        for (Path file : List.of(conf, tree.resolve("usr/local/lib/exitbox/bin/service/exitbox.conf"))) {
            Files.writeString(file, "# an older one\n");
        }
        assertTrue(install("--root", tree.toString()).text().endsWith("placed " + conf + "\n"));
        assertEquals(newer, Files.readString(conf));
    }

    @Test
    void whatIsAskedWronglyIsSaidInALine() throws Exception {
        assertEquals(new Answer(2, "exitbox: install: unknown option --purge — see exitbox install --help\n"), install("--purge"));
        assertEquals(new Answer(2, "exitbox: install: unknown option -x — see exitbox install --help\n"), install("-x"));
        assertEquals(new Answer(2, "exitbox: install: --root: no folder behind it\n"), install("--root"));
        assertEquals(new Answer(2, "exitbox: install: --prefix opt: not a path from the root (/)\n"), install("--prefix", "opt"));
        assertTrue(install("--help").text().startsWith("usage: exitbox install "));
    }

    @Test
    void theServiceLivesUnderSystemd() throws Exception {
        Path scripts = Truth.ROOT.resolve("recorder/src/test/systemd");
        Answer life = run(List.of(scripts.resolve("boot").toString(), folder.toString(), scripts.resolve("life").toString()));
        assumeTrue(life.status() != 77, life.text().strip());
        assertEquals(0, life.status(), life.text());
        assertTrue(life.text().contains("ok - but for the recording\n"), life.text());
    }

    @Test
    void whatDiesLastWhenTheMachineGoesOffIsRecorded() throws Exception {
        Path scripts = Truth.ROOT.resolve("recorder/src/test/systemd");
        Answer off = run(List.of(scripts.resolve("boot").toString(), folder.toString(), scripts.resolve("poweroff").toString()));
        assumeTrue(off.status() != 77, off.text().strip());
        assertEquals(0, off.status(), off.text());
        Answer sql = run(List.of(Truth.ROOT.resolve("bin/exitbox").toString(), "sql", "-d", folder.resolve("recording").toString(),
                "--format",
                "csv", "SELECT (SELECT count(*) FROM exits WHERE comm = 'bash' AND code = 46), last(reason ORDER BY seq) FROM runs"));
        assertTrue(sql.text().contains("\n1,SIGTERM\n"), sql.text());
    }

    private static Answer install(String... options) throws Exception {
        return run(Stream.concat(Stream.of(Truth.ROOT.resolve("bin/exitbox").toString(), "install"),
                Stream.of(options)).toList());
    }

    private static Answer run(List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("EXITBOX_NO_BUILD", "1");
        Process process = builder.start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes());
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return new Answer(process.exitValue(), text);
    }

    private static List<Path> files(Path tree) throws IOException {
        try (var all = Files.walk(tree)) {
            return all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        }
    }
}
