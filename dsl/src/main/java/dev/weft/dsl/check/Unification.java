package dev.weft.dsl.check;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.TypeExpr;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.size.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds what the call sizes and the leading axes of a signature are in one call. */
final class Unification {
    private final Evaluator here;
    private final Evaluator callee;

    Unification(Evaluator here, Evaluator callee) {
        this.here = here;
        this.callee = callee;
    }

    /** Learns from one argument, and reports one that can be no tensor of the declared kind whatever the sizes are. */
    void learn(TypeExpr type, Calls.Value value, String subject) {
        if (type instanceof TypeExpr.TupleOf tuple && value.type() instanceof Type.Tuple given) {
            for (int i = 0; i < Math.min(tuple.items().size(), given.items().size()); i++) {
                learn(tuple.items().get(i), new Calls.Value(given.items().get(i), value.span()), subject);
            }
        }
        if (!(type instanceof TypeExpr.Tensor tensor)) {
            return;
        }
        int fixed = tensor.sizes().size();
        boolean scalar = value.type().isConstant() && fixed == 0;
        if (value.type() instanceof Type.Tensor given && given.axes().size() >= fixed) {
            tensor(tensor, given);
        } else if (!scalar) {
            nothing(tensor);
            if (!value.type().isUnknown()) {
                boolean isTensor = value.type() instanceof Type.Tensor;
                here.report(
                        isTensor ? Code.RANK_MISMATCH : Code.WRONG_KIND,
                        value.span(),
                        subject + ": expected a tensor " + tensor.span().text() + ", got "
                                + value.type().describe());
            }
        }
    }

    private void tensor(TypeExpr.Tensor declared, Type.Tensor given) {
        int fixed = declared.sizes().size();
        int leading = given.axes().size() - fixed;
        if (declared.rest() && callee.leading() == null) {
            callee.leading(Type.Tensor.leading(given.rest(), given.axes().subList(0, leading)));
        }
        for (int i = 0; i < fixed; i++) {
            bind(declared.sizes().get(i), given.axes().get(leading + i).size());
        }
    }

    /** What only this argument could have told stays unknown, and is not complained about again. */
    private void nothing(TypeExpr.Tensor declared) {
        if (declared.rest() && callee.leading() == null) {
            callee.leading(Type.Tensor.leading("?" + here.checking().fresh(), List.of()));
        }
        declared.sizes().forEach(size -> bind(size, null));
    }

    private void bind(Expr size, @Nullable Size actual) {
        boolean open = size instanceof Expr.Name name
                && callee.lookup(name.text()).filter(Type.Int.class::isInstance).isEmpty()
                && !(callee.locals().get(name.text()) instanceof Type.Unknown);
        if (open) {
            callee.locals().put(((Expr.Name) size).text(), actual == null ? new Type.Unknown() : new Type.Int(actual));
        }
    }
}
