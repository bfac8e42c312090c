package dev.weft.dsl.check;

import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.size.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** {@code concat}, {@code pad} and {@code reverse}. */
final class Movements {
    private final Evaluator here;
    private final Span span;

    Movements(Evaluator here, Span span) {
        this.here = here;
        this.span = span;
    }

    Type concat(Type parts, Type axis, Span at) {
        if (!(parts instanceof Type.Tuple tuple) || tuple.items().isEmpty()) {
            return here.report(Code.WRONG_KIND, span, "concat: expected a tuple of tensors, got " + parts.describe());
        }
        List<Type.Tensor> tensors = new ArrayList<>();
        for (Type item : tuple.items()) {
            if (item.isUnknown()) {
                return new Type.Unknown();
            }
            if (!(item instanceof Type.Tensor tensor)) {
                return here.report(Code.WRONG_KIND, span, "concat: expected tensors, got " + item.describe());
            }
            tensors.add(tensor);
        }
        Type.Tensor first = tensors.getFirst();
        Optional<Integer> position = here.shapes().axis(first, axis, at, "concat");
        if (position.isEmpty()) {
            return new Type.Unknown();
        }
        Size joined = first.axes().get(position.get()).size();
        for (Type.Tensor tensor : tensors.subList(1, tensors.size())) {
            if (!alike(first, tensor, position.get())) {
                return new Type.Unknown();
            }
            joined = joined.plus(tensor.axes().get(position.get()).size());
        }
        List<Type.Axis> axes = new ArrayList<>(first.axes());
        axes.set(position.get(), new Type.Axis(joined, span));
        return first.shaped(first.rest(), axes);
    }

    private boolean alike(Type.Tensor first, Type.Tensor other, int joined) {
        if (other.element() != first.element()) {
            here.elements(
                    span,
                    "concat: element types must be equal, got " + first.element() + " and " + other.element(),
                    first,
                    other);
            return false;
        }
        boolean sameRank = other.axes().size() == first.axes().size() && Objects.equals(other.rest(), first.rest());
        if (!sameRank) {
            here.report(
                    Code.RANK_MISMATCH,
                    span,
                    "concat: tensors must have the same axes, got " + Describe.shape(first, here.facts()) + " and "
                            + Describe.shape(other, here.facts()));
            return false;
        }
        for (int i = 0; i < first.axes().size(); i++) {
            if (i != joined) {
                here.shapes().equal(first.axes().get(i), other.axes().get(i), span, "concat, axis " + i);
            }
        }
        return true;
    }

    Type reverse(Type x, Type axis, Span at) {
        if (!(x instanceof Type.Tensor tensor)) {
            return here.report(Code.WRONG_KIND, span, "reverse: expected a tensor, got " + x.describe());
        }
        return here.shapes().axis(tensor, axis, at, "reverse").isPresent() ? tensor.value() : new Type.Unknown();
    }

    Type pad(Map<String, Calls.Value> values) {
        Calls.Value x = Objects.requireNonNull(values.get("x"));
        Calls.Value axis = Objects.requireNonNull(values.get("axis"));
        if (!(x.type() instanceof Type.Tensor tensor)) {
            return here.report(
                    Code.WRONG_KIND,
                    x.span(),
                    "pad: expected a tensor, got " + x.type().describe());
        }
        Optional<Integer> position = here.shapes().axis(tensor, axis.type(), axis.span(), "pad");
        if (position.isEmpty()) {
            return new Type.Unknown();
        }
        Size padded = tensor.axes().get(position.get()).size();
        for (String side : List.of("before", "after")) {
            Calls.Value amount = Objects.requireNonNull(values.get(side));
            if (!(amount.type() instanceof Type.Int constant)) {
                return here.report(
                        Code.NOT_CONSTANT,
                        amount.span(),
                        "pad: " + side + " must be an int constant, got "
                                + amount.type().describe());
            }
            here.conditions().demand(new Condition.AtMost(Size.ZERO, constant.size()), amount.span(), "pad, " + side);
            padded = padded.plus(constant.size());
        }
        Calls.Value value = values.get("value");
        if (value != null && !Operators.adopts(value.type(), tensor.element())) {
            return here.report(
                    Code.NOT_CONSTANT,
                    value.span(),
                    "pad: the value must be a constant of " + tensor.element() + ", got "
                            + value.type().describe());
        }
        List<Type.Axis> axes = new ArrayList<>(tensor.axes());
        axes.set(position.get(), new Type.Axis(padded, span));
        return tensor.shaped(tensor.rest(), axes);
    }
}
