package exitbox.analyzer.terminal;

import exitbox.analyzer.Console;
import exitbox.analyzer.Failure;
import exitbox.analyzer.Interrupts;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Standard output, which on a terminal goes through the reader's pager as soon as it is more than fits the screen:
/// $PAGER, else `less -FRSX`. What fits is written as it is. Elsewhere, with TERM=dumb and until [#turnOn] bytes pass through.
/// While the pager is there Ctrl-C is a key as any other, for the pager to understand.
public final class Pages extends OutputStream {
    /// Whoever looked at the pages has seen enough.
    public static final class Left extends IOException {
        private static final long serialVersionUID = 1L;

        private Left(IOException cause) {
            super("the pager was left", cause);
        }
    }

    private static final int USUAL_LINES = 24;
    // What a shell says then.
    private static final int NOT_FOUND = 127;

    private enum State {
        /// Bytes go to standard output.
        THROUGH,
        /// They may fit the screen, and are kept until that is known.
        HELD,
        /// They go to the pager.
        PAGED,
        /// The pager was left before all was written: they go nowhere.
        LEFT
    }

    private final Console console;
    private final Progress progress;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private State state = State.THROUGH;
    private volatile Process pager;
    private Interrupts interrupts;
    private OutputStream input;
    private int rows;
    private int column;
    private byte last = '\n';
    private boolean begun;

    public Pages(Console console, Progress progress) {
        this.console = console;
        this.progress = progress;
    }

    /// From now on what is written is shown in pages, if that can be.
    public void turnOn() {
        String terminal = console.environment().get("TERM");
        if (state == State.THROUGH && console.outIsTerminal() && terminal != null && !terminal.equals("dumb") && command() != null) {
            state = State.HELD;
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[]{(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        last = bytes[offset + length - 1];
        switch (state) {
            case THROUGH -> through(bytes, offset, length);
            case HELD -> {
                held.write(bytes, offset, length);
                count(bytes, offset, length);
                if (rows >= (console.lines() > 0 ? console.lines() : USUAL_LINES)) {
                    start();
                }
            }
            case PAGED -> paged(bytes, offset, length);
            case LEFT -> {
                // Nobody looks.
            }
        }
    }

    private void through(byte[] bytes, int offset, int length) throws IOException {
        if (!begun) {
            begun = true;
            // What reads a pipe may write to the terminal too.
            if (progress.isPossible() && !Files.isRegularFile(Path.of("/proc/self/fd/1"))) {
                progress.end();
            }
        }
        console.out().write(bytes, offset, length);
    }

    private void paged(byte[] bytes, int offset, int length) throws IOException {
        try {
            input.write(bytes, offset, length);
        } catch (IOException e) {
            throw left(e);
        }
    }

    @Override
    public void flush() throws IOException {
        switch (state) {
            case THROUGH -> console.out().flush();
            case PAGED -> {
                try {
                    input.flush();
                } catch (IOException e) {
                    throw left(e);
                }
            }
            case HELD, LEFT -> {
                // Kept, or gone.
            }
        }
    }

    /// Ends the pages: what was kept is written, and a pager is waited for. What is written later passes through.
    public void settle() throws IOException {
        if (state == State.HELD && held.size() > 0) {
            state = State.THROUGH;
            through(held.toByteArray(), 0, held.size());
            console.out().flush();
            held.reset();
        }
        if (pager != null) {
            try {
                input.close();
            } catch (IOException _) {
                // It was left.
            }
            int status = awaitPager();
            pager = null;
            interrupts.close();
            state = State.THROUGH;
            if (status == NOT_FOUND) {
                throw noPager();
            }
        }
    }

    private int awaitPager() {
        while (true) {
            try {
                return pager.waitFor();
            } catch (InterruptedException _) {
                // Who reads decides when it is over.
            }
        }
    }

    private Left left(IOException e) {
        state = State.LEFT;
        if (!pager.isAlive() && pager.exitValue() == NOT_FOUND) {
            pager = null;
            interrupts.close();
            throw noPager();
        }
        return new Left(e);
    }

    private Failure noPager() {
        return Failure.usage("PAGER=" + console.environment().get("PAGER") + ": is no command — set another one, or use --no-pager");
    }

    /// Ends the pager, if there is one. For another thread.
    public void endPager() {
        Process running = pager;
        if (running != null) {
            running.destroy();
        }
    }

    /// Forgets what was kept, and leaves the terminal as it should be left: at the beginning of a line, without colours.
    public void abandon() throws IOException {
        held.reset();
        if (state == State.THROUGH && console.outIsTerminal() && last != '\n') {
            console.out().write("\u001b[0m\n".getBytes(StandardCharsets.US_ASCII));
            console.out().flush();
        }
        settle();
    }

    /// Rows of the screen that the bytes take; sequences that colour count as text, which at worst starts a pager too early.
    private void count(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == '\n') {
                rows++;
                column = 0;
            } else if ((bytes[i] & 0xc0) != 0x80 && ++column > console.width()) {
                rows++;
                column = 1;
            }
        }
    }

    private void start() throws IOException {
        progress.end();
        String[] command = command();
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(Redirect.INHERIT).redirectError(Redirect.INHERIT)
                .directory(console.folder().toFile());
        Map<String, String> environment = builder.environment();
        // The start script's, which would hold although the window changes.
        environment.remove("COLUMNS");
        environment.remove("LINES");
        environment.putIfAbsent("LESS", "FRSX");
        if (console.environment().containsKey("EXITBOX_SANDBOX")) {
            // This process may read what its user may not: no shell out of less.
            environment.put("LESSSECURE", "1");
        }
        byte[] first = held.toByteArray();
        held.reset();
        try {
            interrupts = Interrupts.leaveKeyboard();
            pager = builder.start();
        } catch (IOException _) {
            interrupts.close();
            state = State.THROUGH;
            through(first, 0, first.length);
            return;
        }
        input = pager.getOutputStream();
        state = State.PAGED;
        paged(first, 0, first.length);
    }

    /// The pager's command; null when none is wanted or there is none.
    private String[] command() {
        String wanted = console.environment().get("PAGER");
        if (wanted != null) {
            return wanted.isBlank() || wanted.strip().equals("cat") ? null : new String[]{"/bin/sh", "-c", wanted};
        }
        for (String folder : console.environment().getOrDefault("PATH", "").split(File.pathSeparator)) {
            Path less = Path.of(folder, "less");
            if (!folder.isEmpty() && Files.isExecutable(less)) {
                return new String[]{less.toString(), "-FRSX"};
            }
        }
        return null;
    }
}
