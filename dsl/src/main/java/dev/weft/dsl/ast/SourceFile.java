package dev.weft.dsl.ast;

import java.util.List;
import java.util.Optional;

/** One parsed file. */
public record SourceFile(Source source, List<Declaration> declarations, List<Comment> comments) {

    public SourceFile {
        declarations = List.copyOf(declarations);
        comments = List.copyOf(comments);
    }

    public List<Declaration.Import> imports() {
        return all(Declaration.Import.class);
    }

    public List<Declaration.Constant> constants() {
        return all(Declaration.Constant.class);
    }

    public List<Declaration.Function> functions() {
        return all(Declaration.Function.class);
    }

    public List<Declaration.Definition> definitions() {
        return all(Declaration.Definition.class);
    }

    /** The last definition of a kind: what a command that is given this file uses. */
    public Optional<Declaration.Definition> last(DefinitionKind kind) {
        return definitions().stream()
                .filter(definition -> definition.kind() == kind)
                .reduce((earlier, later) -> later);
    }

    private <D extends Declaration> List<D> all(Class<D> type) {
        return declarations.stream().filter(type::isInstance).map(type::cast).toList();
    }
}
