package dev.weft.graph.op;

import dev.weft.graph.Value;
import dev.weft.graph.type.TensorType;
import java.util.List;

/**
 * The value and gradients of a function of the program: its results r₀ … rₙ₋₁ come first (r₀, a float scalar, is differentiated, the
 * others are auxiliary), then {@code ∂r₀/∂argument} for each argument in {@code wrt}. {@code result} chooses one of these.
 *
 * @param wrt numbers of the arguments to differentiate by, floats all
 * @param path as in {@link Call}
 */
public record Grad(String function, List<Value> arguments, List<Integer> wrt, int result, String path, TensorType type)
        implements Op {

    public Grad {
        arguments = List.copyOf(arguments);
        wrt = List.copyOf(wrt);
        for (int argument : wrt) {
            boolean known = argument >= 0 && argument < arguments.size();
            Checks.require(known, "grad", "wrt must name an argument, got %s", argument);
            // A step has one of these for each parameter, each with all of them: words only where something is wrong.
            if (!arguments.get(argument).type().element().isFloat()) {
                Checks.isFloat("grad", "argument " + argument, arguments.get(argument));
            }
        }
    }

    /** The list itself: there are as many of these as it has values. */
    @Override
    public List<Value> operands() {
        return arguments;
    }
}
