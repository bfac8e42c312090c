package dev.weft.dsl.lower;

import dev.weft.dsl.Module;
import dev.weft.dsl.ast.Declaration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A file while it is lowered: what a name that it declares or imports means. */
final class Unit {

    private final Module module;
    private final Session session;
    private final Map<String, Declaration> declared = new LinkedHashMap<>();
    private final Map<String, Val> constants = new HashMap<>();

    Unit(Module module, Session session) {
        this.module = module;
        this.session = session;
        module.file()
                .constants()
                .forEach(constant -> declared.put(constant.name().text(), constant));
        module.file()
                .definitions()
                .forEach(definition -> declared.put(definition.name().text(), definition));
        for (Declaration.Function function : module.file().functions()) {
            declared.put(function.label(), function);
        }
    }

    Module module() {
        return module;
    }

    Map<String, Declaration> declared() {
        return declared;
    }

    Optional<Val> find(String name) {
        Declaration declaration = declared.get(name);
        if (declaration == null) {
            return Optional.ofNullable(module.imports().get(name))
                    .map(session::unit)
                    .map(Val.Module::new);
        }
        return switch (declaration) {
            case Declaration.Import _ -> Optional.empty();
            case Declaration.Definition definition -> Optional.of(new Val.Definition(this, definition));
            case Declaration.Function function -> Optional.of(new Val.Method(this, null, function));
            case Declaration.Constant constant -> Optional.of(constant(constant));
        };
    }

    private Val constant(Declaration.Constant constant) {
        Val known = constants.get(constant.name().text());
        if (known == null) {
            session.enter(session.id(constant), constant.span(), constant.name().text());
            known = Evaluator.constants(session, Scope.of(this, null)).known(constant.value());
            session.leave(session.id(constant));
            constants.put(constant.name().text(), known);
        }
        return known;
    }
}
