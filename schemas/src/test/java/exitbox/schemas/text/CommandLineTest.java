package exitbox.schemas.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A command line is what a person would type, and the shell makes of it what it was made of.
class CommandLineTest {
    @Test
    void quotesWhatNeedsIt() {
        assertEquals("ls -l --color=auto /tmp", text("ls", "-l", "--color=auto", "/tmp"));
        assertEquals("sh -c 'kill -9 $1' ''", text("sh", "-c", "kill -9 $1", ""));
        assertEquals("echo \"it's\" 'say \"it'\\\\''s\"'", text("echo", "it's", "say \"it's\""));
        assertEquals("echo '*' '~' '#' 'a;b' größe", text("echo", "*", "~", "#", "a;b", "größe"));
        assertEquals("", text());
    }

    @Test
    void isAlwaysPrintable() {
        assertEquals("a 'b\\x0ac' \\xff \\xe2\\x80\\xaex '\\x1b[2J' '</script>'",
                CommandLine.text(List.of("a".getBytes(), "b\nc".getBytes(), new byte[]{-1}, "\u202ex".getBytes(StandardCharsets.UTF_8),
                        "\u001b[2J".getBytes(), "</script>".getBytes())));
    }

    @Test
    void aShellGetsTheSameArguments() throws Exception {
        Random random = new Random(1);
        List<byte[]> argv = new ArrayList<>(List.of("printf".getBytes(), "%s\\0".getBytes()));
        for (int i = 0; i < 200; i++) {
            byte[] argument = new byte[random.nextInt(6)];
            for (int k = 0; k < argument.length; k++) {
                argument[k] =
                        (byte) (random.nextBoolean() ? "'\"\\$`!;&|*?[#~ \n={}<>()a".charAt(random.nextInt(23)) : 1 + random.nextInt(255));
            }
            argv.add(argument);
        }
        Process shell = new ProcessBuilder("sh").redirectError(ProcessBuilder.Redirect.INHERIT).start();
        shell.getOutputStream().write(CommandLine.bytes(argv));
        shell.getOutputStream().close();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (byte[] argument : argv.subList(2, argv.size())) {
            expected.writeBytes(argument);
            expected.write(0);
        }
        assertArrayEquals(expected.toByteArray(), shell.getInputStream().readAllBytes());
    }

    private static String text(String... argv) {
        List<byte[]> bytes = new ArrayList<>();
        for (String argument : argv) {
            bytes.add(argument.getBytes(StandardCharsets.UTF_8));
        }
        return CommandLine.text(bytes);
    }
}
