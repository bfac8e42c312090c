package dev.weft.dsl.lint;

import dev.weft.dsl.ast.ConstantKind;
import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.DefinitionKind;
import dev.weft.dsl.ast.Member;
import dev.weft.dsl.ast.Parameter;
import dev.weft.dsl.ast.SourceFile;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is declared and never read: imports, storage and parts, constants of a definition, parameters of functions. Functions and
 * {@code let} may be there for other files; the constants of the last model may be there for commands.
 */
final class Unused {
    private final SourceFile file;
    private final List<Diagnostic> found = new ArrayList<>();
    /** Of all definitions: what stands behind a dot may belong to any of them. */
    private final Set<String> members;

    Unused(SourceFile file) {
        this.file = file;
        this.members = all(file).members();
    }

    private static Names all(SourceFile file) {
        Names names = new Names();
        file.constants().forEach(constant -> names.expr(constant.value()));
        file.functions().forEach(names::function);
        file.definitions().forEach(names::definition);
        return names;
    }

    List<Diagnostic> found() {
        Set<String> bare = all(file).bare();
        for (Declaration.Import imported : file.imports()) {
            if (!bare.contains(imported.alias().text())) {
                report(imported.span(), "import " + imported.alias() + ": is never used", line(imported.span()));
            }
        }
        file.functions().forEach(this::parameters);
        for (Declaration.Definition definition : file.definitions()) {
            definition(definition);
        }
        return found;
    }

    private void definition(Declaration.Definition definition) {
        Set<String> read = new Names().definition(definition).bare();
        boolean last = definition.kind() == DefinitionKind.MODEL
                && file.last(DefinitionKind.MODEL).equals(Optional.of(definition));
        if (!last) {
            definition.parameters().stream()
                    .filter(parameter ->
                            parameter.kind() != ConstantKind.MODEL && parameter.kind() != ConstantKind.OPTIMIZER)
                    .forEach(parameter -> unless(
                            read,
                            parameter.name(),
                            parameter.span(),
                            "constant " + parameter.name() + ": is never read"));
        }
        for (Member member : definition.members()) {
            switch (member) {
                case Member.Storage storage ->
                    storage.names()
                            .forEach(name -> unless(
                                    read, name.text(), name.span(), storage.kind() + " " + name + ": is never read"));
                case Member.Instance part ->
                    part.names()
                            .forEach(
                                    name -> unless(read, name.text(), name.span(), "part " + name + ": is never used"));
                case Declaration.Function function -> parameters(function);
                case Declaration.Constant constant -> {}
            }
        }
    }

    private void parameters(Declaration.Function function) {
        Set<String> read = new Names().function(function).bare();
        for (Parameter parameter : function.parameters()) {
            if (!read.contains(parameter.name()) && !parameter.name().startsWith("_")) {
                report(
                        parameter.span(),
                        function.label() + ", parameter " + parameter.name() + ": is never read",
                        parameter.span());
            }
        }
    }

    private void unless(Set<String> read, String name, Span span, String message) {
        if (!read.contains(name) && !members.contains(name)) {
            report(span, message, span);
        }
    }

    /** An edit where what is removed takes nothing with it: a whole line. */
    private void report(Span span, String message, Span removed) {
        Diagnostic unused = Diagnostic.warning(Code.UNUSED, span, message);
        found.add(removed.equals(span) ? unused.help("remove it, or use it") : unused.help("remove it", removed, ""));
    }

    /** A declaration with the comment behind it and the end of its line. */
    private static Span line(Span span) {
        int end = span.source().text().indexOf('\n', span.end());
        String rest = span.source()
                .text()
                .substring(span.end(), end < 0 ? span.end() : end + 1)
                .strip();
        boolean alone = end >= 0 && (rest.isEmpty() || rest.startsWith("//"));
        return alone ? new Span(span.source(), span.start(), end + 1) : span;
    }
}
