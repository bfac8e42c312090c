package dev.weft.dsl.check;

import dev.weft.dsl.Builtin;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code sum}, {@code mean}, {@code max}, {@code min}, {@code argmax} and {@code cumsum}. */
final class Reductions {
    private final BuiltinCall call;

    Reductions(BuiltinCall call) {
        this.call = call;
    }

    Type reduce() {
        Optional<Type.Tensor> tensor = call.tensor("x");
        if (tensor.isEmpty()) {
            return new Type.Unknown();
        }
        Type.Tensor x = tensor.get();
        boolean fits = call.builtin() == Builtin.MEAN
                ? x.element().isFloat()
                : x.element().isNumber();
        if (!fits) {
            return call.here()
                    .elements(
                            call.at("x"),
                            call.builtin().text() + ": takes " + (call.builtin() == Builtin.MEAN ? "floats" : "numbers")
                                    + ", got " + x.element() + "; cast first",
                            x);
        }
        Type.Tensor elements =
                call.builtin() == Builtin.ARGMAX ? x.withElement(ElementType.I32, call.span()) : x.value();
        if (!call.values().containsKey("axis")) {
            return elements.shaped(null, List.of());
        }
        List<Type> axes = call.type("axis") instanceof Type.Tuple tuple ? tuple.items() : List.of(call.type("axis"));
        List<Integer> removed = new ArrayList<>();
        for (Type axis : axes) {
            Optional<Integer> position = call.here()
                    .shapes()
                    .axis(x, axis, call.at("axis"), call.builtin().text());
            if (position.isEmpty()) {
                return new Type.Unknown();
            }
            removed.add(position.get());
        }
        if (call.builtin() == Builtin.CUMSUM) {
            return x.value();
        }
        List<Type.Axis> kept = new ArrayList<>();
        for (int i = 0; i < x.axes().size(); i++) {
            if (!removed.contains(i)) {
                kept.add(x.axes().get(i));
            }
        }
        return elements.shaped(x.rest(), kept);
    }
}
