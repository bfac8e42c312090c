package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.IndexItem;
import dev.weft.dsl.ast.Span;
import dev.weft.graph.Value;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.DynamicUpdate;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code place := value}. */
final class Storing {

    private final Evaluator evaluator;

    Storing(Evaluator evaluator) {
        this.evaluator = evaluator;
    }

    void store(Expr place, Expr value, Span span) {
        if (place instanceof Expr.Index(Span _, Expr target, List<IndexItem> items)) {
            if (evaluator.eval(target) instanceof Val.Place(Leaf leaf)) {
                Value x = evaluator.read(leaf, span);
                List<Indexing.Part> parts =
                        new Indexing(evaluator).parts(items, x.type().shape(), place.span());
                Val update = evaluator.contents(evaluator.eval(value), value.span());
                evaluator.trace(span).write(leaf, update(x, parts, items, update, span));
                return;
            }
        }
        Val target = evaluator.eval(place);
        store(target, evaluator.contents(evaluator.eval(value), value.span()), place.span(), span);
    }

    /** The tensor with the value at the places of an index. */
    Val replaced(Expr.Replaced replaced) {
        Expr.Index place = replaced.place();
        Value x = evaluator.tensor(place.target());
        List<Indexing.Part> parts =
                new Indexing(evaluator).parts(place.items(), x.type().shape(), place.span());
        Val value = evaluator.contents(
                evaluator.eval(replaced.value()), replaced.value().span());
        return new Val.Tensor(update(x, parts, place.items(), value, replaced.span()));
    }

    private void store(Val place, Val value, Span at, Span span) {
        switch (place) {
            case Val.Place(Leaf leaf) -> {
                TensorType type = evaluator.type(leaf, span);
                evaluator.trace(span).write(leaf, fitted(value, type, leaf.name(), span));
            }
            case Val.Tree(Map<String, Val> leaves) ->
                leaves.forEach((path, leaf) -> {
                    Val part = value instanceof Val.Tree(Map<String, Val> values) ? values.get(path) : value;
                    if (part == null) {
                        throw Refusal.at(
                                span, "%s: trees must have the same paths, but the value has no %s", at.text(), path);
                    }
                    store(leaf, part, at, span);
                });
            default -> throw Refusal.at(span, "%s: must be storage, got %s", at.text(), place.describe());
        }
    }

    /** A value as the new contents of storage: constants and what stretches fill it. */
    Value fitted(Val value, TensorType type, String subject, Span span) {
        Trace trace = evaluator.trace(span);
        if (value instanceof Val.Known known) {
            return Emit.full(trace, known, type, span);
        }
        Value tensor = evaluator.tensor(value, span);
        if (tensor.type().element() != type.element()) {
            throw Refusal.at(span, "%s: must get %s, got %s", subject, type, tensor.type());
        }
        return Emit.stretch(trace, tensor, type.shape(), subject, span);
    }

    private Value update(Value x, List<Indexing.Part> parts, List<IndexItem> items, Val value, Span span) {
        List<Dim> kept = new ArrayList<>();
        List<Dim> taken = new ArrayList<>();
        for (int axis = 0; axis < parts.size(); axis++) {
            Indexing.Part part = parts.get(axis);
            if (part.step() != 1 || items.stream().anyMatch(IndexItem.NewAxis.class::isInstance)) {
                throw Refusal.at(
                        span,
                        "%s: what is written is at consecutive positions, without steps and new axes",
                        span.text());
            }
            Dim whole = x.type().shape().dim(axis);
            Dim dim = part.length() == whole.size() ? whole : Dim.of(part.length());
            taken.add(dim);
            if (!part.removed()) {
                kept.add(dim);
            }
        }
        Value fitted = fitted(value, x.type().withShape(new Shape(kept)), span.text(), span);
        return insert(x, Emit.reshape(evaluator.trace(span), fitted, new Shape(taken)), parts, 0, span);
    }

    /** x with the update in its place: one axis at a time, the inner ones within the part that the outer ones leave. */
    private Value insert(Value x, Value update, List<Indexing.Part> parts, int from, Span span) {
        Trace trace = evaluator.trace(span);
        for (int axis = from; axis < parts.size(); axis++) {
            Indexing.Part part = parts.get(axis);
            if (part.dynamic() == null && part.length() == x.type().size(axis)) {
                continue;
            }
            Value dynamic = part.dynamic();
            Value start = dynamic == null ? trace.add(new Constant(ElementType.I32, part.start())) : dynamic;
            boolean last = true;
            for (int next = axis + 1; next < parts.size(); next++) {
                last &= parts.get(next).dynamic() == null
                        && parts.get(next).length() == x.type().size(next);
            }
            Value inner = update;
            if (!last) {
                List<Indexing.Part> only = new ArrayList<>();
                for (int i = 0; i < parts.size(); i++) {
                    only.add(i == axis ? part : Indexing.Part.all(x.type().size(i)));
                }
                inner = insert(new Indexing(evaluator).take(x, only, span), update, parts, axis + 1, span);
            }
            return trace.add(new DynamicUpdate(x, inner, start, axis));
        }
        return update;
    }
}
