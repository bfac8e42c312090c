package dev.weft.models.lint;

import dev.weft.autodiff.Differentiate;
import dev.weft.dsl.EntryRequest;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.graph.pass.Pipeline;
import dev.weft.graph.pass.inline.Inline;
import dev.weft.models.Program;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A program with small constants, and sizes for its calls that are all different.
 *
 * @param program with its constants chosen
 */
record Trial(Program program) {

    /** Positions of a sequence: a number that nothing else here has, so that an axis of this size is one of positions. */
    static final int POSITIONS = 11;

    static final String TOKENS = "tokens";

    private static final String CONTEXT = "context";
    private static final int FIRST_SIZE = 3;

    /** The name of the size that counts positions: {@code T} of {@code tokens: i32[B, T]}. */
    private String positions(String entry) {
        return program.function(entry).stream()
                .flatMap(function -> function.parameters().stream())
                .filter(parameter -> parameter.name().equals(TOKENS))
                .flatMap(parameter -> parameter.type() instanceof TypeExpr.Tensor tensor
                                && tensor.sizes().size() == 2
                        ? Stream.of(tensor.sizes().getLast().span().text())
                        : Stream.empty())
                .findFirst()
                .orElse("");
    }

    /** An entry as a graph without calls and gradients of functions. */
    dev.weft.graph.Program flat(String entry) {
        Program fits = program.takes(CONTEXT) ? program.with(Map.of(CONTEXT, String.valueOf(POSITIONS))) : program;
        Map<String, Long> sizes = new LinkedHashMap<>();
        long next = FIRST_SIZE;
        String positions = positions(entry);
        for (String name : fits.sizes(List.of(entry))) {
            sizes.put(name, name.equals(positions) ? POSITIONS : next++);
        }
        return Pipeline.of(new Differentiate(), new Inline())
                .run(fits.lower(List.of(EntryRequest.of(entry, sizes))), Pipeline.Observer.NONE)
                .program();
    }
}
