package exitbox.analyzer.dialect;

import exitbox.analyzer.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// A tool's own options, read the way the tool reads them: letters can be joined (`-tx`, `-p42`), words shortened (`--per`).
public final class OptionSet {
    /// An option: its letter (0: none), its word, and what its value is called (null: it has none). Without a description it
    /// is taken, for scripts, and changes nothing.
    public record Choice(char letter, String word, String value, String description) {
        /// As one types it, the short way.
        public String typed() {
            return (letter == 0 ? "--" + word : "-" + letter) + (value == null ? "" : " " + value);
        }
    }

    /// A command line divided: the tool's own words, and those it has nothing to do with.
    public record Division(List<String> own, List<String> rest) {}

    private final String tool;
    private final List<Choice> choices;
    private final String alone;

    /// @param alone what a word means that stands for itself; null when the tool takes none
    OptionSet(String tool, List<Choice> choices, String alone) {
        this.tool = tool;
        this.choices = choices;
        this.alone = alone;
    }

    /// The options of a tool; null when there is no such tool.
    public static OptionSet of(String tool) {
        for (OptionSet set : OptionSets.ALL) {
            if (set.tool.equals(tool)) {
                return set;
            }
        }
        return null;
    }

    /// The tools that have an option written like this, such as `-T` or `--label`.
    public static List<String> toolsWith(String typed) {
        List<String> tools = new ArrayList<>();
        for (OptionSet set : OptionSets.ALL) {
            if (set.exact(typed) != null) {
                tools.add(set.tool);
            }
        }
        return tools;
    }

    public List<Choice> choices() {
        return choices;
    }

    /// Divides what stands behind the tool's name.
    ///
    /// @param others how many values an option of the command around it takes; null when it has no such option
    public Division divide(List<String> words, Function<String, Integer> others) {
        List<String> own = new ArrayList<>();
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                rest.addAll(words.subList(i, words.size()));
                break;
            }
            String bare = bare(word);
            Choice choice = find(word, others);
            if (choice == null && alone != null && !word.startsWith("-")) {
                own.add(word);
                continue;
            }
            if (choice == null) {
                rest.add(word);
                Integer values = others.apply(bare);
                for (int left = values == null || word.contains("=") ? 0 : values; left > 0 && i + 1 < words.size(); left--) {
                    rest.add(words.get(++i));
                }
                continue;
            }
            own.add(word);
            if (wantsNext(word, choice) && i + 1 < words.size()) {
                own.add(words.get(++i));
            }
            if (choice.word.equals("utc") && others.apply("--utc") != null) {
                rest.add("--utc");
            }
        }
        return new Division(own, rest);
    }

    /// The options of an exit tracer that these words are. All must be the tool's own.
    public ToolOptions parse(List<String> words) {
        return ToolOptions.of(given(words));
    }

    /// The options that these words are. All must be the tool's own.
    public Given given(List<String> words) {
        Given given = new Given();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String next = i + 1 < words.size() ? words.get(i + 1) : null;
            boolean used = word.startsWith("--") ? word(word, next, given)
                    : word.startsWith("-") ? letters(word, next, given) : alone(word, given);
            i += used ? 1 : 0;
        }
        return given;
    }

    private static String bare(String word) {
        int equals = word.indexOf('=');
        return word.startsWith("--") && equals > 0 ? word.substring(0, equals) : word;
    }

    private Choice find(String word, Function<String, Integer> others) {
        if (!word.startsWith("-") || word.length() < 2) {
            return null;
        }
        if (!word.startsWith("--")) {
            return letter(word.charAt(1));
        }
        Choice exact = exact(bare(word));
        return exact != null ? exact : others.apply(bare(word)) != null ? null : shortened(bare(word));
    }

    private Choice exact(String typed) {
        for (Choice choice : choices) {
            if (typed.equals("--" + choice.word) || typed.length() == 2 && choice.letter != 0 && typed.equals("-" + choice.letter)) {
                return choice;
            }
        }
        return null;
    }

    private Choice letter(char letter) {
        for (Choice choice : choices) {
            if (choice.letter == letter) {
                return choice;
            }
        }
        return null;
    }

    /// The only one that begins so.
    private Choice shortened(String typed) {
        Choice found = null;
        for (Choice choice : choices) {
            if (typed.length() > 2 && ("--" + choice.word).startsWith(typed)) {
                if (found != null) {
                    return null;
                }
                found = choice;
            }
        }
        return found;
    }

    /// Whether the value that the word wants is the next word.
    private boolean wantsNext(String word, Choice first) {
        if (word.startsWith("--")) {
            return first.value != null && !word.contains("=");
        }
        for (int i = 1; i < word.length(); i++) {
            Choice choice = letter(word.charAt(i));
            if (choice == null || choice.value != null) {
                return choice != null && i + 1 == word.length();
            }
        }
        return false;
    }

    /// Takes `--word`, `--word=value` or `--word value`; whether the next word was the value.
    private boolean word(String typed, String next, Given given) {
        String bare = bare(typed);
        Choice choice = exact(bare) != null ? exact(bare) : shortened(bare);
        if (choice == null) {
            throw Failure.usage(bare + ": " + tool + " has no such option — " + has());
        }
        boolean attached = typed.contains("=");
        if (attached && choice.value == null) {
            throw Failure.usage(typed + ": --" + choice.word + " takes no value — write --" + choice.word);
        }
        set(given, choice, bare, attached ? typed.substring(bare.length() + 1) : next);
        return choice.value != null && !attached;
    }

    /// Takes `-x`, `-tx`, `-p42` or `-p 42`.
    private boolean letters(String typed, String next, Given given) {
        for (int i = 1; i < typed.length(); i++) {
            Choice choice = letter(typed.charAt(i));
            if (choice == null) {
                throw Failure.usage("-" + typed.charAt(i) + ": " + tool + " has no such option — " + has());
            }
            if (choice.value != null) {
                boolean attached = i + 1 < typed.length();
                set(given, choice, "-" + choice.letter, attached ? typed.substring(i + 1) : next);
                return !attached;
            }
            set(given, choice, "-" + choice.letter, null);
        }
        return false;
    }

    private boolean alone(String word, Given given) {
        if (given.has(alone)) {
            throw Failure.usage(word + ": is one word too many — " + tool + " takes one, " + alone);
        }
        given.put(alone, "", word);
        return false;
    }

    private static void set(Given given, Choice choice, String typed, String value) {
        if (choice.value != null && value == null) {
            throw Failure.usage(typed + ": wants a value — write " + typed + " " + choice.value);
        }
        given.put(choice.word, typed, choice.value == null ? null : value);
    }

    private String has() {
        return choices.isEmpty() ? "it has none of its own"
                : "it has " + String.join(", ", choices.stream().filter(choice -> choice.description != null).map(Choice::typed).toList());
    }
}
