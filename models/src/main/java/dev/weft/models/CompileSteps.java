package dev.weft.models;

import dev.weft.graph.pass.Pipeline;
import java.util.List;

/**
 * How a program came to be compiled.
 *
 * @param lowered values as it came out of the language
 * @param loweringMillis wall-clock milliseconds that it took to get there from checked text
 * @param steps each pass with the number of values before and after; passes of a program from the cache took no time
 * @param isFromCache whether nothing was compiled, because the same had been before
 */
public record CompileSteps(long lowered, double loweringMillis, List<Pipeline.Step> steps, boolean isFromCache) {

    public CompileSteps {
        steps = List.copyOf(steps);
    }

    static CompileSteps of(Compilation compilation, double loweringMillis) {
        return new CompileSteps(Pipeline.size(compilation.lowered()), loweringMillis, compilation.steps(), false);
    }
}
