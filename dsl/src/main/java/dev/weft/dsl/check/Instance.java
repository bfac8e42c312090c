package dev.weft.dsl.check;

import dev.weft.dsl.Module;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Identifier;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.ast.StorageKind;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.size.Size;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A definition with its constants, in the terms of whoever made the instance. Its members are worked out when they are asked for;
 * what is wrong with them is reported where the definition itself is checked.
 */
final class Instance {
    private final Declaration.Definition definition;
    private final Module module;
    private final Map<String, Type> constants;
    private final String path;
    private final Knowledge knowledge;
    private final Checking checking;
    private final Map<String, Type> members = new HashMap<>();
    private @Nullable Set<String> sessionSizes;

    Instance(
            Declaration.Definition definition,
            Module module,
            Map<String, Type> constants,
            String path,
            Knowledge knowledge,
            Checking checking) {
        this.definition = definition;
        this.module = module;
        this.constants = new LinkedHashMap<>(constants);
        this.path = path;
        this.knowledge = knowledge;
        this.checking = checking;
    }

    Declaration.Definition definition() {
        return definition;
    }

    Module module() {
        return module;
    }

    String name() {
        return definition.name().text();
    }

    /** {@code model.blocks}: names the tree of its params. */
    String path() {
        return path;
    }

    Knowledge knowledge() {
        return knowledge;
    }

    /** The names of everything in it. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        definition.parameters().forEach(parameter -> names.add(parameter.name()));
        for (Member member : definition.members()) {
            switch (member) {
                case Declaration.Constant constant -> names.add(constant.name().text());
                case Declaration.Function function -> {
                    if (function.name() != null) {
                        names.add(function.name().text());
                    }
                }
                case Member.Storage storage -> storage.names().forEach(name -> names.add(name.text()));
                case Member.Instance instance -> instance.names().forEach(name -> names.add(name.text()));
            }
        }
        return names;
    }

    /** What a name in it is, if there is one. */
    Optional<Type> member(String name) {
        Type known = members.get(name);
        if (known == null) {
            known = find(name).orElse(null);
            if (known == null) {
                return Optional.empty();
            }
            members.put(name, known);
        }
        return Optional.of(known);
    }

    private Optional<Type> find(String name) {
        if (constants.containsKey(name)) {
            return Optional.of(constants.get(name));
        }
        for (Member member : definition.members()) {
            Optional<Type> found =
                    switch (member) {
                        case Declaration.Constant constant ->
                            constant.name().text().equals(name) ? Optional.of(constant(constant)) : Optional.empty();
                        case Declaration.Function function ->
                            is(function.name(), name)
                                    ? Optional.of(new Type.Function(function, module, this))
                                    : Optional.empty();
                        case Member.Storage storage ->
                            has(storage.names(), name) ? Optional.of(storage(storage)) : Optional.empty();
                        case Member.Instance part ->
                            has(part.names(), name) ? Optional.of(part(part, name)) : Optional.empty();
                    };
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static boolean is(@Nullable Identifier identifier, String name) {
        return identifier != null && identifier.text().equals(name);
    }

    private static boolean has(List<Identifier> names, String name) {
        return names.stream().anyMatch(identifier -> identifier.text().equals(name));
    }

    private Type dependsOnItself(Span at) {
        checking.loud().add(Diagnostic.error(Code.RECURSION, at, name() + ": this member must not depend on itself"));
        return new Type.Unknown();
    }

    private Type constant(Declaration.Constant constant) {
        if (!checking.enter(constant)) {
            return dependsOnItself(constant.span());
        }
        Type type = evaluator().evaluate(constant.value());
        checking.leave(constant);
        return type;
    }

    private Type storage(Member.Storage storage) {
        if (!checking.enter(storage)) {
            return dependsOnItself(storage.span());
        }
        // A call size in the type of a cache is the session's, and is called by its name everywhere.
        Type type = evaluator().types().declared(storage.type(), storage.kind() == StorageKind.CACHE);
        checking.leave(storage);
        return switch (type) {
            case Type.Tensor tensor ->
                new Type.Tensor(tensor.element(), tensor.origin(), tensor.rest(), tensor.axes(), storage.kind());
            case Type.Tree tree -> new Type.Tree(tree.of(), storage.kind());
            default -> new Type.Unknown();
        };
    }

    private Type part(Member.Instance part, String name) {
        if (!checking.enter(part)) {
            return dependsOnItself(part.span());
        }
        Evaluator evaluator = evaluator();
        Optional<Instance> instance = evaluator.instances().create(part, path + "." + name);
        checking.leave(part);
        if (instance.isEmpty()) {
            return new Type.Unknown();
        }
        if (part.count() == null) {
            return new Type.Part(instance.get());
        }
        Size count = evaluator.evaluate(part.count()) instanceof Type.Int constant ? constant.size() : Size.ONE;
        return new Type.Parts(instance.get(), count);
    }

    /** The call sizes that caches of this instance and its parts are declared with. */
    Set<String> sessionSizes() {
        Set<String> known = sessionSizes;
        if (known == null) {
            known = findSessionSizes();
            sessionSizes = known;
        }
        return known;
    }

    private Set<String> findSessionSizes() {
        Set<String> names = new LinkedHashSet<>();
        for (Member member : definition.members()) {
            switch (member) {
                case Member.Storage storage -> {
                    if (storage.kind() == StorageKind.CACHE) {
                        Evaluator evaluator = evaluator();
                        evaluator.types().declared(storage.type(), true);
                        names.addAll(evaluator.locals().keySet());
                    }
                }
                case Member.Instance part -> {
                    Optional<Type> type = member(part.names().getFirst().text());
                    if (type.isPresent() && type.get() instanceof Type.Part one) {
                        names.addAll(one.instance().sessionSizes());
                    } else if (type.isPresent() && type.get() instanceof Type.Parts list) {
                        names.addAll(list.element().sessionSizes());
                    }
                }
                case Declaration.Constant constant -> {}
                case Declaration.Function function -> {}
            }
        }
        return names;
    }

    /** For what is reported elsewhere. */
    private Evaluator evaluator() {
        return new Evaluator(checking.silent(), module, this, knowledge);
    }
}
