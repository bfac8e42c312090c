package dev.weft.cli;

import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What makes a shell complete commands and options. */
@Command(
        name = "completion",
        description = "Print a script that makes a shell complete Weft's commands and options.",
        footer = {
            "",
            "Example: weft completion bash",
            "         In ~/.bashrc or ~/.zshrc: source <(weft completion bash), or zsh",
            "         For fish: weft completion fish > ~/.config/fish/completions/weft.fish"
        })
final class CompletionCommand extends Action {

    /** Shells that there is a script for. */
    enum Shell {
        bash,
        zsh,
        fish
    }

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}.")
    Shell shell = Shell.bash;

    CompletionCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        CommandLine weft = Commands.line(terminal());
        String script =
                switch (shell) {
                    // zsh reads scripts of bash; this one turns that on where it is read by zsh.
                    case bash, zsh -> AutoComplete.bash("weft", weft);
                    case fish -> FishScript.of(weft);
                };
        result(Map.of("shell", shell.toString(), "script", script), out -> out.print(script));
        return ExitCode.DONE;
    }
}
