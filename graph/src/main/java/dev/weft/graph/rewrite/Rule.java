package dev.weft.graph.rewrite;

import dev.weft.graph.Value;
import dev.weft.graph.op.Op;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One local rewrite. An implementation is a small class whose doc reads {@code before -> after}; its operands have been rewritten as
 * far as they go when it is asked.
 *
 * @param <O> the ops at the root of what it matches
 */
public interface Rule<O extends Op> {

    /** The ops that it is asked about. */
    Class<O> root();

    Promise promise();

    /**
     * What shall stand for {@code value}, or null where the rule does not fire. New values are made by {@code to}, and are rewritten
     * in their turn.
     *
     * @param op the op of {@code value}
     */
    @Nullable
    Value rewrite(O op, Value value, Rewriting to);

    /** Its name in tables and messages: the class name in the spelling of the text form. */
    default String name() {
        return getClass().getSimpleName().replaceAll("(?<!^)([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
