package dev.weft.dsl.lower;

import dev.weft.dsl.Builtin;
import dev.weft.dsl.ast.Span;
import dev.weft.graph.Value;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What a function of the language itself was called with, each as what the function takes it for; anything else is refused. */
final class BuiltinArguments {

    private final Evaluator evaluator;
    private final Builtin function;
    private final List<Val> arguments;
    private final Span span;

    BuiltinArguments(Evaluator evaluator, Builtin function, List<Val> arguments, Span span) {
        this.evaluator = evaluator;
        this.function = function;
        this.arguments = arguments;
        this.span = span;
    }

    List<Val> all() {
        return arguments;
    }

    int count() {
        return arguments.size();
    }

    Val argument(int index) {
        if (index >= arguments.size()) {
            throw Refusal.at(
                    span,
                    "%s: must have %s, got %d arguments",
                    function.text(),
                    Builtins.parameters(function),
                    arguments.size());
        }
        return arguments.get(index);
    }

    Val one() {
        return evaluator.contents(argument(0), span);
    }

    Value tensor(int index) {
        return evaluator.tensor(argument(index), span);
    }

    long integer(int index) {
        if (argument(index) instanceof Val.Int(long value)) {
            return value;
        }
        throw Refusal.at(
                span,
                "%s: %s must be an int known while compiling, got %s",
                function.text(),
                index < Builtins.parameters(function).size()
                        ? Builtins.parameters(function).get(index)
                        : "each argument",
                argument(index).describe());
    }

    Dim dim(int index) {
        long size = integer(index);
        if (size < 0) {
            throw Refusal.at(span, "%s: a size must not be negative, got %d", function.text(), size);
        }
        return evaluator.scope().sizes().values().stream()
                .filter(dim -> dim.label() != null && dim.label().equals(written(index)))
                .findFirst()
                .orElse(Dim.of(size));
    }

    Shape sizes() {
        return new Shape(
                IntStream.range(0, arguments.size()).mapToObj(this::dim).toList());
    }

    /** The argument's text, to give a size its name. */
    private String written(int index) {
        String text = span.text();
        int open = text.indexOf('(');
        String[] parts =
                text.substring(open + 1, Math.max(open + 1, text.length() - 1)).split(",", -1);
        return index < parts.length ? parts[index].strip() : "";
    }

    int axis(int index, Value x) {
        return Emit.axis(integer(index), x.type().rank(), function.text(), span);
    }

    /** One axis, a tuple of them, or where none is given all. */
    List<Integer> axes(int index, Value x) {
        if (index >= arguments.size()) {
            return IntStream.range(0, x.type().rank()).boxed().toList();
        }
        if (!(argument(index) instanceof Val.Tuple(List<Val> items))) {
            return List.of(axis(index, x));
        }
        List<Integer> axes = new ArrayList<>();
        for (Val item : items) {
            if (!(item instanceof Val.Int(long axis))) {
                throw Refusal.at(span, "%s: axes must be ints, got %s", function.text(), item.describe());
            }
            axes.add(Emit.axis(axis, x.type().rank(), function.text(), span));
        }
        return axes.stream().distinct().sorted().toList();
    }

    double real(int index) {
        if (argument(index) instanceof Val.Known known) {
            return Constants.number(known, function.text(), span);
        }
        throw Refusal.at(
                span,
                "%s: must have constants, got %s",
                function.text(),
                argument(index).describe());
    }
}
