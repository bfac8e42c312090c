package dev.weft.cli;

import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Json;
import dev.weft.models.ProgramException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what is wrong with a program, or that nothing is. */
@Command(
        name = "check",
        description = "Check names, types and sizes of a program, for all values of its constants.",
        footer = {"", "Example: weft check gpt.weft"})
final class CheckCommand extends Action {

    /** Forms of diagnostics. */
    enum Form {
        text,
        json
    }

    @Parameters(paramLabel = "FILE", description = "A .weft file, or the name of a shipped program.")
    String file = "";

    @Option(names = "--diagnostics", paramLabel = "FORM", description = "Form of what is found: text or json.")
    Form form = Form.text;

    @Mixin
    final ProgramOptions program = new ProgramOptions();

    CheckCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        boolean json = output.json || form == Form.json;
        try {
            program.load(file);
        } catch (ProgramException wrong) {
            if (!json) {
                throw wrong;
            }
            print(wrong.diagnostics());
            return ExitCode.USER;
        }
        if (json) {
            print(List.of());
        } else {
            note(file + ": nothing is wrong");
        }
        return ExitCode.DONE;
    }

    private void print(List<Diagnostic> diagnostics) {
        out().println(JsonText.of(Map.of("diagnostics", new JsonText.Raw(Json.of(diagnostics)))));
    }
}
