package exitbox.analyzer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A file of cases: input, `----`, and the output that is expected, up to the next blank line. Output that has blank
/// lines itself stands between two double lines of `----`. What stands between cases is for readers and stays.
final class Golden {
    private static final String LINE = "----";

    /// Answers a case's input.
    interface Runner {
        String run(List<String> input) throws Exception;
    }

    private Golden() {}

    /// The file's text with every output as the runner gives it now.
    static String rerun(Path file, Runner runner) throws Exception {
        List<String> lines = Files.readAllLines(file);
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < lines.size()) {
            if (lines.get(i).isBlank() || lines.get(i).startsWith("#")) {
                text.append(lines.get(i++)).append('\n');
                continue;
            }
            List<String> input = new ArrayList<>();
            while (i < lines.size() && !lines.get(i).equals(LINE)) {
                input.add(lines.get(i++));
            }
            if (i == lines.size()) {
                throw new IOException(file.getFileName() + ": a case without " + LINE + ": " + input.getFirst());
            }
            i = behindOutput(lines, i + 1);
            input.forEach(line -> text.append(line).append('\n'));
            append(text, runner.run(input));
        }
        return text.toString();
    }

    private static int behindOutput(List<String> lines, int start) {
        int i = start;
        if (i < lines.size() && lines.get(i).equals(LINE)) {
            i++;
            while (i + 1 < lines.size() && !(lines.get(i).equals(LINE) && lines.get(i + 1).equals(LINE))) {
                i++;
            }
            return Math.min(i + 2, lines.size());
        }
        while (i < lines.size() && !lines.get(i).isBlank()) {
            i++;
        }
        return i;
    }

    private static void append(StringBuilder text, String output) {
        boolean blank = ("\n" + output).contains("\n\n");
        text.append(LINE).append('\n');
        if (blank) {
            text.append(LINE).append('\n').append(output).append(LINE).append('\n').append(LINE).append('\n');
        } else {
            text.append(output);
        }
    }
}
