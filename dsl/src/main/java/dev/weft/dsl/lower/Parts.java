package dev.weft.dsl.lower;

import dev.weft.dsl.ast.Argument;
import dev.weft.dsl.ast.ConstantParameter;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Identifier;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.ast.TypeExpr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Builds instances: constants are bound and tested, storage gets its paths, parts are built within. */
final class Parts {

    private static final int DEEPEST = 64;
    private static final long MOST = 1 << 16;

    private final Session session;
    private int depth;

    Parts(Session session) {
        this.session = session;
    }

    /**
     * An instance of a definition.
     *
     * @param given constants by name; the others take their defaults
     * @param span where it is wanted
     */
    Instance build(
            Unit unit,
            Declaration.Definition definition,
            Map<String, Val> given,
            String path,
            boolean frozen,
            Span span) {
        if (++depth > DEEPEST) {
            throw Refusal.at(span, "%s: parts must not be more than %d deep", definition.name(), DEEPEST);
        }
        Instance instance = bound(unit, definition, given, path, frozen, span);
        for (Expr constraint : definition.constraints()) {
            if (!Evaluator.constants(session, Scope.of(unit, instance)).truth(constraint)) {
                throw new Remedies(this, unit, definition).refuse(instance, constraint, span);
            }
        }
        definition.members().forEach(member -> member(instance, member));
        depth--;
        return instance;
    }

    /** The instance with its constants only. */
    Instance bound(
            Unit unit,
            Declaration.Definition definition,
            Map<String, Val> given,
            String path,
            boolean frozen,
            Span span) {
        Instance instance = new Instance(unit, session, definition, path, frozen);
        for (ConstantParameter parameter : definition.parameters()) {
            Val value = given.get(parameter.name());
            Expr otherwise = parameter.defaultValue();
            if (value == null && otherwise == null) {
                throw Refusal.at(
                        span, "%s: must be given %s, which has no default", definition.name(), parameter.name());
            }
            if (value == null) {
                value = Evaluator.constants(session, Scope.of(unit, instance)).known(otherwise);
            }
            instance.parameter(
                    parameter.name(),
                    Typing.constant(parameter.kind(), value, definition.name() + ": " + parameter.name(), span));
        }
        return instance;
    }

    Session session() {
        return session;
    }

    private void member(Instance instance, Member member) {
        switch (member) {
            case Declaration.Constant _, Declaration.Function _ -> {}
            case Member.Storage storage -> storage.names().forEach(name -> storage(instance, storage, name));
            case Member.Instance part -> part.names().forEach(name -> part(instance, part, name));
        }
    }

    private void storage(Instance instance, Member.Storage storage, Identifier name) {
        String path = instance.child(name.text());
        Expr initial = storage.initial();
        if (initial == null && (storage.kind() == StorageKind.PARAM || storage.kind() == StorageKind.BUFFER)) {
            throw Refusal.at(name.span(), "%s %s: must have an initial value", storage.kind(), name);
        }
        switch (storage.type()) {
            case TypeExpr.Tensor type -> {
                Leaf leaf = Leaf.written(path, storage.kind(), name.span(), instance, type, initial);
                add(instance, leaf);
                instance.member(name.text(), new Val.Place(leaf));
            }
            case TypeExpr.Like like -> instance.member(name.text(), tree(instance, storage, path, name, like));
            case TypeExpr.Constant _, TypeExpr.TupleOf _, TypeExpr.Arguments _ ->
                throw Refusal.at(
                        storage.type().span(),
                        "%s %s: must be a tensor or like a tree, got %s",
                        storage.kind(),
                        name,
                        storage.type().span().text());
        }
    }

    private Val tree(Instance instance, Member.Storage storage, String path, Identifier name, TypeExpr.Like like) {
        if (!(constants(instance).eval(like.tree()) instanceof Val.Tree(Map<String, Val> models))) {
            throw Refusal.at(like.span(), "%s %s: must be like a tree of stored tensors", storage.kind(), name);
        }
        Map<String, Val> leaves = new LinkedHashMap<>();
        models.forEach((branch, model) -> {
            if (model instanceof Val.Place(Leaf leaf)) {
                Leaf own = Leaf.like(
                        path + "." + branch, storage.kind(), name.span(), instance, leaf, branch, storage.initial());
                add(instance, own);
                leaves.put(branch, new Val.Place(own));
            }
        });
        return new Val.Tree(leaves);
    }

    private void add(Instance instance, Leaf leaf) {
        session.add(leaf);
        instance.add(List.of(leaf));
        if (leaf.kind() != StorageKind.CACHE) {
            session.type(leaf);
        }
    }

    private Evaluator constants(Instance instance) {
        return Evaluator.constants(session, Scope.of(instance.unit(), instance));
    }

    private void part(Instance instance, Member.Instance part, Identifier name) {
        Evaluator evaluator = constants(instance);
        if (!(evaluator.eval(part.path()) instanceof Val.Definition(Unit unit, Declaration.Definition definition))
                || definition.kind() != DefinitionKind.MODEL) {
            throw Refusal.at(
                    part.path().span(),
                    "%s: must be a model",
                    part.path().span().text());
        }
        Map<String, Val> given = given(definition, part.arguments(), evaluator, part.span());
        boolean frozen = instance.frozen() || part.frozen();
        String path = instance.child(name.text());
        if (part.count() == null) {
            Instance one = build(unit, definition, given, path, frozen, part.span());
            instance.add(one.leaves());
            instance.member(name.text(), new Val.Part(one));
            return;
        }
        List<Val> list = new ArrayList<>();
        for (long i = 0; i < count(part.count(), evaluator); i++) {
            Instance one = build(unit, definition, given, path + "." + i, frozen, part.span());
            instance.add(one.leaves());
            list.add(new Val.Part(one));
        }
        instance.member(name.text(), new Val.Tuple(list));
    }

    private static long count(@Nullable Expr expr, Evaluator evaluator) {
        long count = expr == null ? 1 : evaluator.integer(expr);
        if (expr != null && (count < 0 || count > MOST)) {
            throw Refusal.ofValues(
                    expr.span(), "%s: must be in 0..%,d, got %,d", expr.span().text(), MOST, count);
        }
        return count;
    }

    private static Map<String, Val> given(
            Declaration.Definition definition, List<Argument> arguments, Evaluator evaluator, Span span) {
        List<String> names =
                definition.parameters().stream().map(ConstantParameter::name).toList();
        Map<String, Val> given = new LinkedHashMap<>();
        int next = 0;
        for (Argument argument : arguments) {
            Identifier written = argument.name();
            String name = written != null ? written.text() : next < names.size() ? names.get(next++) : null;
            if (name == null || !names.contains(name) || argument.spread()) {
                throw Refusal.at(
                        argument.span(),
                        "%s: takes %s, got %s",
                        definition.name(),
                        names,
                        argument.span().text());
            }
            Val value = evaluator.eval(argument.value());
            if (given.put(name, value) != null) {
                throw Refusal.at(span, "%s: %s must be given once", definition.name(), name);
            }
        }
        return given;
    }
}
