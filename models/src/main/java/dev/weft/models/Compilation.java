package dev.weft.models;

import dev.weft.graph.Program;
import dev.weft.graph.pass.Pipeline;
import java.util.List;

/**
 * What compiling went through.
 *
 * @param lowered the program as it came out of the language, with {@code call} and {@code grad}
 * @param compiled the program that the backend got
 * @param steps each pass with the number of values before and after, and its time
 */
public record Compilation(Program lowered, Program compiled, List<Pipeline.Step> steps) {

    public Compilation {
        steps = List.copyOf(steps);
    }
}
