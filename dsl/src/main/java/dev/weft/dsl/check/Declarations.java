package dev.weft.dsl.check;

import dev.weft.dsl.Module;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Expr;
import dev.weft.dsl.ast.Identifier;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.SourceFile;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What can be wrong with declarations before anything is worked out: names declared twice, models that contain themselves. */
final class Declarations {
    private final Checking checking;

    Declarations(Checking checking) {
        this.checking = checking;
    }

    void duplicates(SourceFile file) {
        Map<String, Span> names = new HashMap<>();
        for (Declaration declaration : file.declarations()) {
            switch (declaration) {
                case Declaration.Import imported -> declare(names, imported.alias());
                case Declaration.Constant constant -> declare(names, constant.name());
                case Declaration.Function function -> {
                    declare(names, function.name());
                    parameters(function);
                }
                case Declaration.Definition definition -> {
                    declare(names, definition.name());
                    members(definition);
                }
            }
        }
    }

    private void members(Declaration.Definition definition) {
        Map<String, Span> names = new HashMap<>();
        definition
                .parameters()
                .forEach(parameter -> declare(names, new Identifier(parameter.span(), parameter.name())));
        int unnamed = 0;
        for (Member member : definition.members()) {
            switch (member) {
                case Declaration.Constant constant -> declare(names, constant.name());
                case Member.Storage storage -> storage.names().forEach(name -> declare(names, name));
                case Member.Instance part -> part.names().forEach(name -> declare(names, name));
                case Declaration.Function function -> {
                    parameters(function);
                    declare(names, function.name());
                    if (function.name() == null && ++unnamed > 1) {
                        checking.report()
                                .add(Diagnostic.error(
                                        Code.DUPLICATE_NAME,
                                        function.span(),
                                        "fn: " + definition.name() + " has a method without a name already"));
                    }
                }
            }
        }
    }

    private void parameters(Declaration.Function function) {
        Map<String, Span> names = new HashMap<>();
        for (Parameter parameter : function.parameters()) {
            declare(names, new Identifier(parameter.span(), parameter.name()));
        }
    }

    private void declare(Map<String, Span> names, @Nullable Identifier name) {
        if (name == null) {
            return;
        }
        Span earlier = names.putIfAbsent(name.text(), name.span());
        if (earlier != null) {
            checking.report()
                    .add(Diagnostic.error(Code.DUPLICATE_NAME, name.span(), "name " + name + ": is declared twice")
                            .note(earlier, "first declared here"));
        }
    }

    /** Whether a model of the file has itself as a part, which is reported. */
    boolean contained(Module module) {
        boolean found = false;
        for (Declaration.Definition definition : module.file().definitions()) {
            Set<Declaration.Definition> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            Optional<Span> at = reaches(definition, definition, module, seen);
            if (at.isPresent()) {
                found = true;
                checking.report()
                        .add(Diagnostic.error(
                                Code.RECURSION,
                                at.get(),
                                definition.kind() + " " + definition.name()
                                        + ": must not contain itself, also not through others"));
            }
        }
        return found;
    }

    /** The part of {@code from} that leads to {@code wanted}. */
    private static Optional<Span> reaches(
            Declaration.Definition wanted,
            Declaration.Definition from,
            Module module,
            Set<Declaration.Definition> seen) {
        if (!seen.add(from)) {
            return Optional.empty();
        }
        for (Member member : from.members()) {
            if (!(member instanceof Member.Instance part)) {
                continue;
            }
            // Imports cannot lead back to this file, so only names of the file matter.
            Optional<Declaration.Definition> next =
                    part.path() instanceof Expr.Name name ? module.definition(name.text()) : Optional.empty();
            if (next.isPresent()
                    && (next.get().equals(wanted)
                            || reaches(wanted, next.get(), module, seen).isPresent())) {
                return Optional.of(part.span());
            }
        }
        return Optional.empty();
    }
}
