package dev.weft.dsl;

import dev.weft.dsl.lower.Lowerer;
import dev.weft.graph.Program;
import java.util.List;
import java.util.SequencedMap;

/** From checked files and numbers for their sizes to a program. */
public final class Lowering {

    private Lowering() {}

    /**
     * Lowers the entries of a request.
     *
     * <p>The result has the stored tensors of the model, and of the optimizer and the programs those that an entry uses; the entry
     * {@code init} (input {@code seed: i32[]}), which writes all of them but caches; and the entries asked for. Their inputs are named
     * like their parameters, those of a bundle like its function's parameters; an entry that draws random numbers has {@code seed} and
     * {@code step} besides. Outputs are {@code result}, or {@code result.0}, {@code result.1}, … for a tuple.
     *
     * @throws dev.weft.graph.UserException where constants break a {@code where}, an entry or a size is missing, or sizes do not agree;
     *     the message starts with {@code file:line:col} where there is such a place
     */
    public static Program lower(LowerRequest request) {
        return Lowerer.lower(request);
    }

    /**
     * Names of the call sizes that the entries of a request take, in the order in which their parameters are written; those of caches
     * come last.
     *
     * @throws dev.weft.graph.UserException where constants break a {@code where}, or there is no such entry
     */
    public static List<String> sizes(LowerRequest request) {
        return Lowerer.sizes(request);
    }

    /**
     * The constants of a model as they are bound, chosen or by default, in order: a {@link Long}, a {@link Double} or a
     * {@link Boolean} each.
     *
     * @throws dev.weft.graph.UserException where they break a {@code where}
     */
    public static SequencedMap<String, Object> constants(LowerRequest.Choice model) {
        return Lowerer.constants(model);
    }
}
