package dev.weft.dsl.check;

import dev.weft.dsl.ast.Block;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.IndexItem;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.Statement;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.ast.Target;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.List;
import java.util.Optional;

/** Walks through bodies. */
final class Statements {
    private final Evaluator here;

    Statements(Evaluator here) {
        this.here = here;
    }

    /** What a block gives: its last statement, if that is an expression. */
    Type block(Block block) {
        Type last = new Type.Nothing();
        for (Statement statement : block.statements()) {
            last = statement(statement);
        }
        return last;
    }

    private Type statement(Statement statement) {
        switch (statement) {
            case Statement.Evaluate evaluate -> {
                Type type = here.evaluate(evaluate.value());
                here.checking().dropped().ifPresent(dropped -> dropped.statement(evaluate, type, here));
                return type;
            }
            case Statement.Bind bind -> bind(bind.target(), here.value(bind.value()));
            case Statement.Store store -> store(store);
            case Statement.For loop -> new Loop(here, loop).walk();
        }
        return new Type.Nothing();
    }

    void bind(Target target, Type type) {
        switch (target) {
            case Target.One one -> here.locals().put(one.name(), withoutStorage(type));
            case Target.Several several -> bindSeveral(several, type);
        }
    }

    /** A name is a value: what was read from storage is no longer a place. */
    private static Type withoutStorage(Type type) {
        return switch (type) {
            case Type.Tensor tensor -> tensor.value();
            case Type.Tree tree -> new Type.Tree(tree.of(), null);
            default -> type;
        };
    }

    private void bindSeveral(Target.Several target, Type type) {
        List<Target> names = target.items();
        if (type instanceof Type.Tuple tuple && tuple.items().size() == names.size()) {
            for (int i = 0; i < names.size(); i++) {
                bind(names.get(i), tuple.items().get(i));
            }
            return;
        }
        if (!type.isUnknown()) {
            here.report(
                    Code.TUPLE_COUNT,
                    target.span(),
                    "names: expected a tuple of " + names.size() + ", got " + type.describe());
        }
        names.forEach(name -> bind(name, new Type.Unknown()));
    }

    // ---- storage

    private void store(Statement.Store store) {
        Type value = here.value(store.value());
        Type place = here.value(store.place());
        if (place.isUnknown()) {
            return;
        }
        Expr base = store.place() instanceof Expr.Index index ? index.target() : store.place();
        Type stored = here.value(base);
        Optional<StorageKind> kind =
                switch (stored) {
                    case Type.Tensor tensor -> Optional.ofNullable(tensor.storage());
                    case Type.Tree tree -> Optional.ofNullable(tree.storage());
                    default -> Optional.empty();
                };
        if (kind.isEmpty()) {
            here.report(Diagnostic.error(
                            Code.NOT_STORAGE, store.place().span(), ":=: writes storage, got " + stored.describe())
                    .help("= names a value"));
            return;
        }
        boolean block = !(store.place() instanceof Expr.Index index) || consecutive(index);
        if (block && writable(kind.get(), store.place().span())) {
            fits(value, place, store.value().span());
        }
    }

    /** {@code x[items] = value}: the type stays what it was. */
    Type replaced(Expr.Replaced replaced) {
        Expr.Index place = replaced.place();
        Type value = here.value(replaced.value());
        Type target = here.value(place.target());
        if (target.isUnknown()) {
            return new Type.Unknown();
        }
        if (!(target instanceof Type.Tensor tensor) || tensor.storage() != null) {
            Diagnostic wrong = Diagnostic.error(
                    Code.WRONG_KIND,
                    place.target().span(),
                    "[] =: gives a name a value with a part of it replaced, so the name must be a tensor's, got "
                            + target.describe());
            boolean stored = target instanceof Type.Tensor;
            return here.report(stored ? wrong.help("this is storage, which is written with :=") : wrong);
        }
        Type part = here.value(place);
        if (consecutive(place) && part instanceof Type.Tensor fixed) {
            stretches(value, fixed, replaced.value().span(), "[] =");
        }
        return tensor.value();
    }

    /** Whether a place to write is one block: no steps, no new axes, no rows of a table. */
    private boolean consecutive(Expr.Index place) {
        for (IndexItem item : place.items()) {
            boolean block =
                    switch (item) {
                        case IndexItem.At at -> !(here.value(at.index()) instanceof Type.Tensor);
                        case IndexItem.Range range -> range.step() == null;
                        case IndexItem.NewAxis newAxis -> false;
                        case IndexItem.Window window -> true;
                        case IndexItem.Ellipsis ellipsis -> true;
                    };
            if (!block) {
                here.report(
                        Code.WRONG_KIND,
                        item.span(),
                        "write: goes to consecutive positions, got "
                                + item.span().text() + "; rows that are data, steps and new axes are read only");
                return false;
            }
        }
        return true;
    }

    private boolean writable(StorageKind kind, Span span) {
        boolean inModel = here.self() == null || here.self().definition().kind() == DefinitionKind.MODEL;
        boolean refused = kind == StorageKind.BUFFER || kind == StorageKind.PARAM && inModel;
        if (refused) {
            here.report(
                    Code.READ_ONLY,
                    span,
                    kind == StorageKind.BUFFER
                            ? "buffer: is written at initialization only; declare it as state"
                            : "param: is written by optimizers and programs, not by a model; declare it as state");
        }
        return !refused;
    }

    private void fits(Type value, Type place, Span span) {
        if (value.isUnknown()) {
            return;
        }
        if (place instanceof Type.Tree tree) {
            boolean fits = value.isConstant()
                    || value instanceof Type.Tree given && given.of().equals(tree.of())
                    || value instanceof Type.Tensor tensor && tensor.isScalar();
            if (!fits) {
                here.report(
                        Code.WRONG_KIND,
                        span,
                        ":=: expected " + place.describe() + " or a scalar, got " + value.describe());
            }
            return;
        }
        if (!(place instanceof Type.Tensor tensor)) {
            here.report(Code.NOT_STORAGE, span, ":=: writes storage, got " + place.describe());
            return;
        }
        stretches(value, tensor, span, ":=");
    }

    /** Whether a value can be stored where a type is fixed: equal elements, a shape that stretches. */
    void stretches(Type value, Type.Tensor fixed, Span span, String subject) {
        if (value.isUnknown()) {
            return;
        }
        boolean adopted = value.isConstant() && Operators.adopts(value, fixed.element());
        if (adopted) {
            return;
        }
        if (!(value instanceof Type.Tensor tensor)) {
            here.report(
                    Code.WRONG_KIND,
                    span,
                    subject + ": expected a tensor " + Describe.tensor(fixed, here.facts()) + ", got "
                            + value.describe());
        } else if (tensor.element() != fixed.element()) {
            here.elements(span, subject + ": must be " + fixed.element() + ", got " + tensor.element(), fixed, tensor);
        } else {
            here.shapes().stretchesTo(tensor, fixed, span, subject);
        }
    }
}
