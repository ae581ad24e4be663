package exitbox.recorder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

class ConfigurationTest {
    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("exitbox.conf"), text);
    }

    private static ParseResult commandLine(String... words) {
        return new CommandLine(new RecordCommand()).parseArgs(words);
    }

    @Test
    void linesAreOptionsAndThoseOfTheCommandLineWin() throws IOException {
        Configuration read = Configuration.read(file("""
                # a night

                  rotate-every = 1m
                ring-size=4M
                no-hook=exec,fork
                threads=true
                cgroup=/sys/fs/cgroup/a=b c
                """));
        assertEquals(List.of("--rotate-every=1m", "--ring-size=4M", "--no-hook=exec,fork", "--threads=true",
                "--cgroup=/sys/fs/cgroup/a=b c"), read.arguments(commandLine()));
        assertEquals(List.of("--rotate-every=1m", "--cgroup=/sys/fs/cgroup/a=b c"),
                read.arguments(commandLine("--ring-size", "8M", "--no-hook=oom", "--threads=false")));
    }

    @Test
    void whatEndsARunTakesTheFilesOptionsButForThePins() throws IOException {
        Configuration read = Configuration.read(file("pin=true\nkeep-size=1G\n"));
        assertEquals(List.of("--keep-size=1G"), read.arguments(commandLine("--unpin")));
        assertEquals(List.of("--pin=true", "--keep-size=1G"), read.arguments(commandLine()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "rotate-sise=1M | unknown option rotate-sise — did you mean rotate-every or rotate-size?",
        "xyz=1M | unknown option xyz",
        "debug=true | unknown option debug",
        "config=x | config: only for the command line",
        "check=true | check: only for the command line",
        "help=true | help: only for the command line",
        "user=nobody | user: only for the command line",
        "tree=1 | tree: only for the command line",
        "-d=x | unknown option -d — did you mean dir or duration?",
        "rotate-size | rotate-size: not name=value",
        "rotate-size= | rotate-size: no value",
        "threads=maybe | threads: 'maybe' is not a boolean",
        "rotate-size=1X | rotate-size: 1X: not a size: 64K, 32M, 2G",
        "rotate-size=10G # or so | rotate-size: 10G # or so: not a size: 64K, 32M, 2G",
        "duration=0s | duration: 0s: must be longer than nothing"})
    void whatIsWrongIsSaidWithFileAndLine(String line, String message) throws IOException {
        Path file = file("# first\n\n" + line + "\nrotate-every=1m\n");
        Failure failure = assertThrows(Failure.class, () -> Configuration.read(file));
        assertEquals(file + ":3: " + message, failure.getMessage());
        assertEquals(2, failure.status());
    }

    @Test
    void theOneThatIsShippedIsRightAlsoWhereItsCommentsAreTaken() throws IOException {
        Path shipped = Truth.ROOT.resolve("bin/service/exitbox.conf");
        Configuration.read(shipped);
        Path all = file(Files.readString(shipped).replaceAll("(?m)^#(?=[a-z-]+=)", ""));
        int options = (int) Files.readAllLines(all).stream().filter(line -> line.matches("[a-z-]+=.*")).count();
        assertEquals(options, Configuration.read(all).arguments(commandLine()).size());
    }

    @Test
    void aNameStandsOnce() throws IOException {
        Path file = file("ring-size=4M\n\nring-size=8M\n");
        assertEquals(file + ":3: ring-size: stands in line 1 already",
                assertThrows(Failure.class, () -> Configuration.read(file)).getMessage());
    }

    @Test
    void aFileThatCannotBeRead() throws IOException {
        Path missing = folder.resolve("none");
        assertEquals("--config " + missing + ": No such file or directory — name a file of options that can be read",
                assertThrows(Failure.class, () -> Configuration.read(missing)).getMessage());
        Path bytes = Files.write(folder.resolve("latin1"), "dir=\u00e4".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals("--config " + bytes + ": not UTF-8 — save it as that",
                assertThrows(Failure.class, () -> Configuration.read(bytes)).getMessage());
    }

    @Test
    void aMessageAboutAnOptionOfTheFileNamesItsLine() throws IOException {
        Path file = file("ring-size=3M\nrotate-size=1K\n");
        Configuration read = Configuration.read(file);
        assertEquals(file + ":1: --ring-size 3145728 bytes: no", read.located("--ring-size 3145728 bytes: no", commandLine()));
        assertEquals(file + ":2: --rotate-size: no", read.located("--rotate-size: no", commandLine()));
        assertEquals("--ring-size 3: no", read.located("--ring-size 3: no", commandLine("--ring-size", "3K")));
        assertEquals("--uid 3: no", read.located("--uid 3: no", commandLine()));
    }
}
