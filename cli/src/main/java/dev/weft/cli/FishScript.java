package dev.weft.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Completion for the fish shell: a line for each command, and one for each option of it. */
final class FishScript {

    private FishScript() {}

    static String of(CommandLine weft) {
        StringBuilder script = new StringBuilder();
        weft.getSubcommands().forEach((name, command) -> {
            String[] about = command.getCommandSpec().usageMessage().description();
            script.append("complete -c weft -n __fish_use_subcommand -a %s -d %s%n"
                    .formatted(name, quoted(about.length == 0 ? "" : about[0])));
            command.getCommandSpec().options().forEach(option -> script.append(line(name, option)));
        });
        return script.toString();
    }

    private static String line(String command, OptionSpec option) {
        StringBuilder line =
                new StringBuilder("complete -c weft -n '__fish_seen_subcommand_from %s'".formatted(command));
        for (String name : option.names()) {
            line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1));
        }
        if (option.arity().max() > 0) {
            line.append(" -r");
        }
        String[] about = option.description();
        return line + " -d " + quoted(about.length == 0 ? "" : about[0].replaceAll("\\$\\{[^}]*}|%%", "")) + "\n";
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
