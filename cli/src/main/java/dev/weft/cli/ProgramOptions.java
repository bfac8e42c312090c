package dev.weft.cli;

import dev.weft.models.Program;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The constants of a model. */
final class ProgramOptions {

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE,…",
            split = ",",
            hideParamSyntax = true,
            description = "A constant of the model, such as layers=4. May be given several times.")
    Map<String, String> constants = new LinkedHashMap<>();

    /**
     * The program that a person named, with the constants given.
     *
     * @throws dev.weft.models.ProgramException if it does not pass the checks
     * @throws dev.weft.graph.UserException if there is no such program, or it does not take these constants
     */
    Program load(String nameOrFile) {
        Program program = Program.load(nameOrFile).with(constants);
        if (!constants.isEmpty()) {
            program.boundConstants();
        }
        return program;
    }
}
