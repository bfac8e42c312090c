package dev.weft.dsl.check;

import dev.weft.dsl.ast.Statement;
import dev.weft.dsl.ast.Target;
import dev.weft.dsl.diagnostic.Code;
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

/** One loop: its body is walked once for all elements, or once for each element of a tuple. */
final class Loop {
    private static final long MOST_COPIES = 4096;
    /** Scopes of symbols from here on are those of loops. */
    private static final int FIRST_LOOP = 1 << 24;

    private final Evaluator here;
    private final Statement.For loop;

    Loop(Evaluator here, Statement.For loop) {
        this.here = here;
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
                zip.items().stream().flatMap(item -> tupleSize(item).stream()).findFirst();
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
            case Type.Tree tree -> new Type.Tensor(ElementType.F32, null, "leaf " + id, List.of(), tree.storage());
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
                changed.forEach((name, type) -> unsettled(name, before.get(name), type));
                return;
            }
            changed.forEach((name, type) -> here.locals().put(name, widened(before.get(name), type)));
        }
    }

    private void unsettled(String name, Type before, Type now) {
        String message = "for: " + name + " must keep its type from turn to turn, got " + before.describe() + ", then "
                + now.describe();
        here.locals().put(name, here.report(Code.LOOP_TYPE, loop.span(), message));
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
        here.statements().block(loop.body());
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
            here.statements().bind(target, type);
        }
    }

    private static void names(Target target, List<String> names) {
        switch (target) {
            case Target.One one -> names.add(one.name());
            case Target.Several several -> several.items().forEach(item -> names(item, names));
        }
    }
}
