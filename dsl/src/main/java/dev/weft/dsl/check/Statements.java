package dev.weft.dsl.check;

import dev.weft.dsl.ast.Block;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.Statement;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.ast.Target;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Atom;
import dev.weft.dsl.size.Size;
import dev.weft.graph.type.ElementType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** Walks through bodies. */
final class Statements {
    private static final long MOST_COPIES = 4096;
    /** Scopes of symbols from here on are those of loops. */
    private static final int FIRST_LOOP = 1 << 24;

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
                return here.evaluate(evaluate.value());
            }
            case Statement.Bind bind -> bind(bind.target(), here.value(bind.value()));
            case Statement.Store store -> store(store);
            case Statement.For loop -> new Loop(loop).walk();
        }
        return new Type.Nothing();
    }

    private void bind(Target target, Type type) {
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
        if (writable(kind.get(), store.place().span())) {
            fits(value, place, store.value().span());
        }
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
            here.report(
                    Code.ELEMENT_MISMATCH,
                    span,
                    subject + ": must be " + fixed.element() + ", got " + tensor.element());
        } else {
            here.shapes().stretchesTo(tensor, fixed, span, subject);
        }
    }

    // ---- loops

    /** One loop: its body is walked once for all elements, or once for each element of a tuple. */
    private final class Loop {
        private final Statement.For loop;

        Loop(Statement.For loop) {
            this.loop = loop;
        }

        void walk() {
            Type iterable = here.value(loop.iterable());
            Knowledge before = here.knowledge();
            int id = id();
            Optional<Integer> tupleSize = tupleSize(iterable);
            if (tupleSize.isPresent()) {
                for (int i = 0; i < tupleSize.get(); i++) {
                    body(element(iterable, id, i));
                }
            } else {
                settle(element(iterable, id, 0));
            }
            here.restore(before);
        }

        /** The same in every walk, so that conditions on what the loop gives are recognized. */
        private int id() {
            return FIRST_LOOP + loop.span().start();
        }

        /** The number of turns, where elements differ from turn to turn. */
        private Optional<Integer> tupleSize(Type iterable) {
            return switch (iterable) {
                case Type.Tuple tuple -> Optional.of(tuple.items().size());
                case Type.Zip zip ->
                    zip.items().stream()
                            .flatMap(item -> tupleSize(item).stream())
                            .findFirst();
                default -> Optional.empty();
            };
        }

        private Type element(Type iterable, int id, int turn) {
            return switch (iterable) {
                case Type.Tuple tuple ->
                    turn < tuple.items().size()
                            ? tuple.items().get(turn)
                            : here.report(Code.TUPLE_COUNT, loop.iterable().span(), "zip: lengths must be equal");
                case Type.Parts parts -> {
                    limit(parts.count());
                    yield new Type.Part(parts.element());
                }
                case Type.Tree tree -> new Type.Tensor(ElementType.F32, "leaf " + id, List.of(), tree.storage());
                case Type.Range range -> number(range, id);
                case Type.Zip zip -> zip(zip, id, turn);
                case Type.Unknown unknown -> unknown;
                case Type.Open open -> new Type.Unknown();
                default ->
                    here.report(
                            Code.WRONG_KIND,
                            loop.iterable().span(),
                            "for: goes over parts, tuples, trees, range and zip, got " + iterable.describe());
            };
        }

        private Type number(Type.Range range, int id) {
            limit(range.to().minus(range.from()));
            String name = loop.target() instanceof Target.One one ? one.name() : "i";
            Size symbol = Size.of(new Atom.Symbol(name, id));
            here.learn(new Condition.AtMost(range.from(), symbol), true);
            here.learn(new Condition.AtMost(symbol.plus(Size.ONE), range.to()), true);
            return new Type.Int(symbol);
        }

        private void limit(Size copies) {
            if (copies.constant().isPresent() && copies.constant().getAsLong() > MOST_COPIES) {
                here.report(
                        Code.LOOP_TOO_LONG,
                        loop.iterable().span(),
                        "for: is copied at most " + MOST_COPIES + " times, got " + copies);
            }
        }

        private Type zip(Type.Zip zip, int id, int turn) {
            List<Type> items = new ArrayList<>();
            for (Type item : zip.items()) {
                items.add(element(item, id, turn));
            }
            List<Type> trees =
                    zip.items().stream().filter(Type.Tree.class::isInstance).toList();
            for (Type tree : trees) {
                if (!((Type.Tree) tree).of().equals(((Type.Tree) trees.getFirst()).of())) {
                    here.report(
                            Code.WRONG_KIND,
                            loop.iterable().span(),
                            "zip: trees must be alike, got " + trees.getFirst().describe() + " and " + tree.describe());
                }
            }
            counts(zip);
            return new Type.Tuple(items);
        }

        /** Lists and ranges that are walked together must be provably of one length. */
        private void counts(Type.Zip zip) {
            List<Size> counts = new ArrayList<>();
            for (Type item : zip.items()) {
                switch (item) {
                    case Type.Parts parts -> counts.add(parts.count());
                    case Type.Range range -> counts.add(range.to().minus(range.from()));
                    case Type.Tuple tuple -> counts.add(Size.of(tuple.items().size()));
                    default -> {}
                }
            }
            for (Size count : counts) {
                here.conditions()
                        .demand(
                                new Condition.Equal(counts.getFirst(), count),
                                loop.iterable().span(),
                                "zip");
            }
        }

        /** Walks the body until no name changes its type any more: a number may become a tensor, or another number. */
        private void settle(Type element) {
            for (int turn = 0; ; turn++) {
                Map<String, Type> before = new LinkedHashMap<>(here.locals());
                body(element);
                Map<String, Type> changed = changed(before);
                if (changed.isEmpty()) {
                    return;
                }
                if (turn == 2) {
                    changed.keySet()
                            .forEach(name -> here.report(
                                    Code.LOOP_TYPE,
                                    loop.span(),
                                    "for: " + name + " must keep its type from turn to turn, got "
                                            + before.get(name).describe() + ", then "
                                            + here.locals().get(name).describe()));
                    return;
                }
                changed.forEach((name, type) -> here.locals().put(name, widened(before.get(name), type)));
            }
        }

        private Map<String, Type> changed(Map<String, Type> before) {
            Map<String, Type> changed = new LinkedHashMap<>();
            before.forEach((name, type) -> {
                Type now = here.locals().get(name);
                if (now != null && !same(type, now)) {
                    changed.put(name, now);
                }
            });
            return changed;
        }

        private boolean same(Type before, Type now) {
            if (before.isUnknown() || now.isUnknown() || before.equals(now)) {
                return true;
            }
            if (before instanceof Type.Float && now instanceof Type.Float) {
                return true;
            }
            if (before instanceof Type.Tuple a && now instanceof Type.Tuple b) {
                return a.items().size() == b.items().size()
                        && IntStream.range(0, a.items().size())
                                .allMatch(i -> same(a.items().get(i), b.items().get(i)));
            }
            boolean widened = before instanceof Type.Int a
                    && a.size().atom().isPresent()
                    && a.size().atom().get() instanceof Atom.Symbol symbol
                    && symbol.name().startsWith("turn of ");
            if (widened) {
                return now instanceof Type.Int;
            }
            return before instanceof Type.Tensor a && now instanceof Type.Tensor b && sameTensor(a, b);
        }

        private boolean sameTensor(Type.Tensor a, Type.Tensor b) {
            boolean alike = a.element() == b.element()
                    && Objects.equals(a.rest(), b.rest())
                    && a.axes().size() == b.axes().size();
            for (int i = 0; alike && i < a.axes().size(); i++) {
                alike = here.facts()
                        .normal(a.axes().get(i).size())
                        .equals(here.facts().normal(b.axes().get(i).size()));
            }
            return alike;
        }

        private Type widened(Type before, Type now) {
            if (before instanceof Type.Int && now instanceof Type.Int) {
                return new Type.Int(Size.of(new Atom.Symbol("turn of the loop", id())));
            }
            if (before instanceof Type.Int && now instanceof Type.Float) {
                return new Type.Float(null, "turn " + id());
            }
            return before.isConstant() ? now : before;
        }

        /** One turn; what is first named in it ends with it. */
        private void body(Type element) {
            Map<String, Type> before = new LinkedHashMap<>(here.locals());
            place(loop.target(), element);
            block(loop.body());
            List<String> targets = new ArrayList<>();
            names(loop.target(), targets);
            here.locals().keySet().retainAll(before.keySet());
            targets.forEach(name -> {
                if (before.containsKey(name)) {
                    here.locals().put(name, before.get(name));
                }
            });
        }

        /** Loop variables over storage are storage. */
        private void place(Target target, Type type) {
            if (target instanceof Target.One one) {
                here.locals().put(one.name(), type);
            } else if (target instanceof Target.Several several
                    && type instanceof Type.Tuple tuple
                    && tuple.items().size() == several.items().size()) {
                for (int i = 0; i < several.items().size(); i++) {
                    place(several.items().get(i), tuple.items().get(i));
                }
            } else {
                bind(target, type);
            }
        }

        private static void names(Target target, List<String> names) {
            switch (target) {
                case Target.One one -> names.add(one.name());
                case Target.Several several -> several.items().forEach(item -> names(item, names));
            }
        }
    }
}
