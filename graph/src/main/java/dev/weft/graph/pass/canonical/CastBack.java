package dev.weft.graph.pass.canonical;

import dev.weft.graph.Value;
import dev.weft.graph.op.Cast;
import dev.weft.graph.rewrite.Promise;
import dev.weft.graph.rewrite.Rewriting;
import dev.weft.graph.rewrite.Rule;
import dev.weft.graph.type.ElementType;
import org.jspecify.annotations.Nullable;

/** {@code cast(cast(x)) -> x} back to x's own type, where the type between holds all its numbers */
final class CastBack implements Rule<Cast> {

    @Override
    public Class<Cast> root() {
        return Cast.class;
    }

    @Override
    public Promise promise() {
        return Promise.BITS;
    }

    @Override
    public @Nullable Value rewrite(Cast op, Value value, Rewriting to) {
        if (!(op.x().op() instanceof Cast inner) || inner.x().type().element() != op.element()) {
            return null;
        }
        return holdsAll(inner.element(), op.element()) ? inner.x() : null;
    }

    /** Whether every number of {@code narrow} is one of {@code wide}. */
    private static boolean holdsAll(ElementType wide, ElementType narrow) {
        return switch (narrow) {
            case BOOL -> true;
            case F16, BF16 -> wide == ElementType.F32 || wide == ElementType.F64;
            case F32, I32 -> wide == ElementType.F64 || (narrow == ElementType.I32 && wide == ElementType.I64);
            case U8, I8 -> wide != ElementType.BOOL && wide.bytes() >= 4;
            case F64, I64 -> false;
        };
    }
}
