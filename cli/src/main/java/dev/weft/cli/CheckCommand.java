package dev.weft.cli;

import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Json;
import dev.weft.models.Program;
import dev.weft.models.ProgramException;
import dev.weft.models.lint.ProgramLint;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what is wrong with a program, or that nothing is. */
@Command(
        name = "check",
        description = {
            "Check names, types and sizes of a program, for all values of its constants.",
            "With --lint also warn of what is allowed and hardly meant: something declared and never read, a value computed"
                    + " and dropped, a parameter that no gradient reaches, a later token that changes an earlier logit."
        },
        footer = {"", "Example: weft check gpt.weft --lint"})
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

    @Option(
            names = "--lint",
            description = "Warn of what is hardly meant, also by trying the program with small sizes.")
    boolean lint;

    @Option(names = "--strict", description = "End with 1 where --lint warns.")
    boolean strict;

    @Mixin
    final ProgramOptions program = new ProgramOptions();

    CheckCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (strict && !lint) {
            throw refused("--strict: goes with --lint, which finds what it is strict about");
        }
        boolean json = output.json || form == Form.json;
        List<Diagnostic> warnings = List.of();
        try {
            Program loaded = program.load(file);
            if (lint) {
                ProgramLint.Findings found = ProgramLint.of(loaded);
                found.notTried().forEach(this::note);
                warnings = found.warnings();
            }
        } catch (ProgramException wrong) {
            if (!json) {
                throw wrong;
            }
            print(wrong.diagnostics());
            return ExitCode.USER;
        }
        if (json) {
            print(warnings);
        } else if (warnings.isEmpty()) {
            note(file + ": nothing is wrong");
        } else {
            terminal().diagnostics(warnings);
            note(warnings.size() == 1 ? "1 warning" : warnings.size() + " warnings");
        }
        return strict && !warnings.isEmpty() ? ExitCode.USER : ExitCode.DONE;
    }

    private void print(List<Diagnostic> diagnostics) {
        out().println(JsonText.of(Map.of("diagnostics", new JsonText.Raw(Json.of(diagnostics)))));
    }
}
