package exitbox.analyzer.command;

import exitbox.analyzer.dialect.OptionSet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Takes a tool's own options out of what stands behind `--as TOOL`, before they are taken for the command's.
final class ToolArguments implements IParameterPreprocessor {
    // Not a set of picocli's options for each tool: a letter would then mean the same wherever it stands.
    @Override
    public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec as, Map<String, Object> info) {
        OptionSet tool = args.isEmpty() ? null : OptionSet.of(args.peek().toLowerCase(Locale.ROOT));
        if (tool == null) {
            return false;
        }
        String name = args.pop();
        List<String> words = new ArrayList<>(args);
        Collections.reverse(words);
        OptionSet.Division division = tool.divide(words, option -> values(command, option));
        args.clear();
        division.rest().reversed().forEach(args::push);
        args.push(name);
        ((ReplayCommand) command.userObject()).toolWords(division.own());
        return false;
    }

    private static Integer values(CommandSpec command, String option) {
        OptionSpec found = command.findOption(option);
        return found == null ? null : found.arity().min();
    }
}
