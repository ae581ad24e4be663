package exitbox.recorder;

import exitbox.recorder.kernel.Inherited;
import exitbox.recorder.kernel.Programs;
import exitbox.recorder.kernel.Spawn;
import exitbox.recorder.kernel.User;
import exitbox.schemas.text.CommandLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The command behind `--`: what is run, as whom, with which environment. All as bytes, for what people type, and what
/// programs hand on, need not be text.
///
/// @param program the file that a shell would execute for it
/// @param user whom it runs as; null: as the caller
record Command(byte[] program, List<byte[]> argv, Map<String, byte[]> environment, Inherited inherited, User user) {
    // What bin/exitbox leaves for this program in the environment.
    private static final String INHERITED = "EXITBOX_INHERITED";
    private static final List<String> OWN = List.of(INHERITED, "_JAVA_SR_SIGNUM");

    private static final String IGNORED = "SigIgn:";

    private static final byte[] SHELL = bytes("/bin/sh");

    /// Takes the last `words` arguments of this process. A [Failure] says what is wrong, as a shell would with its status.
    static Command ofThisProcess(int words, String userName) {
        try {
            List<byte[]> all = strings(Path.of("/proc/self/cmdline"));
            return of(all.subList(all.size() - words, all.size()), strings(Path.of("/proc/self/environ")), userName);
        } catch (IOException e) {
            throw new Failure(Failure.OWN, "cannot read this process's own arguments: " + Failure.reason(e) + " — is /proc mounted?", e);
        }
    }

    /// @param variables `NAME=value`, as environ(7) has them
    static Command of(List<byte[]> argv, List<byte[]> variables, String userName) {
        Map<String, byte[]> environment = new LinkedHashMap<>();
        for (byte[] variable : variables) {
            environment.putIfAbsent(name(variable), variable);
        }
        Inherited inherited = inherited(environment.get(INHERITED));
        OWN.forEach(environment::remove);
        User user = userName == null ? null : user(userName);
        if (user != null) {
            set(environment, "HOME", user.home());
            set(environment, "SHELL", user.shell());
            set(environment, "USER", user.name());
            set(environment, "LOGNAME", user.name());
        }
        Programs.Found found = Programs.find(argv.getFirst(), value(environment.get("PATH")));
        if (found.path() == null) {
            throw new Failure(found.exists() ? Failure.NOT_EXECUTABLE : Failure.NOT_FOUND,
                    "cannot run " + shown(argv.getFirst()) + ": " + found.reason(), null);
        }
        return new Command(found.path(), argv, environment, inherited, user);
    }

    /// Starts it, and a script that does not say what it is for in the shell, as a shell does.
    Spawn.Outcome start() {
        List<byte[]> variables = List.copyOf(environment.values());
        Spawn.Outcome outcome = Spawn.run(program, argv, variables, inherited, user);
        if (!outcome.isScript()) {
            return outcome;
        }
        List<byte[]> words = new ArrayList<>(List.of(SHELL, program));
        words.addAll(argv.subList(1, argv.size()));
        return Spawn.run(SHELL, words, variables, inherited, user);
    }

    /// Its first word, as it is said to people.
    String name() {
        return shown(argv.getFirst());
    }

    /// All of it in one line, as one would type it.
    String words() {
        return CommandLine.text(argv);
    }

    /// The message and status for one that did not start.
    Failure failure(Spawn.Outcome outcome) {
        if (outcome.step() != null) {
            return new Failure(Failure.OWN, "cannot run " + name() + " as " + user.name() + ": cannot " + outcome.step() + ": "
                    + outcome.reason() + " — only root may", null);
        }
        String what = "cannot run " + name() + ": " + outcome.reason();
        if (outcome.lacksResources()) {
            return new Failure(Failure.OWN, what, null);
        }
        return new Failure(Failure.NOT_EXECUTABLE, what + (outcome.isMissing() ? " — its interpreter or loader is missing" : ""), null);
    }

    private static Inherited inherited(byte[] variable) {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
            String ignored = status.filter(line -> line.startsWith(IGNORED)).findFirst().orElseThrow().substring(IGNORED.length());
            return Inherited.parse(new String(value(variable), StandardCharsets.ISO_8859_1), ignored.strip());
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            throw new Failure(Failure.OWN, "cannot run a command: started without " + INHERITED + " — start it with bin/exitbox", e);
        }
    }

    private static User user(String name) {
        User user = User.find(name);
        if (user == null) {
            throw new Failure(Failure.OWN, "--user " + name + ": no such user — see getent passwd", null);
        }
        return user;
    }

    private static void set(Map<String, byte[]> environment, String name, String value) {
        environment.put(name, bytes(name + "=" + value));
    }

    private static String name(byte[] variable) {
        String text = new String(variable, StandardCharsets.ISO_8859_1);
        int equals = text.indexOf('=');
        return equals < 0 ? text : text.substring(0, equals);
    }

    private static byte[] value(byte[] variable) {
        return variable == null ? null : Arrays.copyOfRange(variable, name(variable).length() + 1, variable.length);
    }

    private static String shown(byte[] word) {
        return CommandLine.text(List.of(word));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /// The strings of a file that ends each with NUL.
    private static List<byte[]> strings(Path file) throws IOException {
        List<byte[]> strings = new ArrayList<>();
        ByteArrayOutputStream string = new ByteArrayOutputStream();
        for (byte b : Files.readAllBytes(file)) {
            if (b == 0) {
                strings.add(string.toByteArray());
                string.reset();
            } else {
                string.write(b);
            }
        }
        return strings;
    }
}
