package exitbox.analyzer.text;

/// Colours for a terminal, or none.
public final class Paint {
    private static final String RESET = "\u001b[0m";

    /// What colours are used for.
    public enum Tone {
        FAINT("\u001b[2m"), STRONG("\u001b[1m"), NOTE("\u001b[33m"), FAILED("\u001b[33m"), KILLED("\u001b[31m"), CRASHED("\u001b[1;31m");

        private final String sequence;

        Tone(String sequence) {
            this.sequence = sequence;
        }
    }

    private final boolean on;

    public Paint(boolean on) {
        this.on = on;
    }

    public boolean isOn() {
        return on;
    }

    public void begin(TextOut out, Tone tone) {
        if (on) {
            out.control(tone.sequence);
        }
    }

    public void end(TextOut out) {
        if (on) {
            out.control(RESET);
        }
    }
}
