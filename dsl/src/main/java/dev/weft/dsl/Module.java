package dev.weft.dsl;

import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.SourceFile;
import java.util.Map;
import java.util.Optional;

/**
 * A file with what it imports.
 *
 * @param imports the imported modules under the names that this file uses
 */
public record Module(SourceFile file, Map<String, Module> imports) {

    public Module {
        imports = Map.copyOf(imports);
    }

    /** {@code gpt} for {@code models/gpt.weft}. */
    public String name() {
        return name(file.source().name());
    }

    /** What a file is called where it is imported. */
    public static String name(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        return last.endsWith(".weft") ? last.substring(0, last.length() - ".weft".length()) : last;
    }

    public Optional<Declaration.Constant> constant(String name) {
        return file.constants().stream()
                .filter(constant -> constant.name().text().equals(name))
                .findFirst();
    }

    public Optional<Declaration.Function> function(String name) {
        return file.functions().stream()
                .filter(function ->
                        function.name() != null && function.name().text().equals(name))
                .findFirst();
    }

    public Optional<Declaration.Definition> definition(String name) {
        return file.definitions().stream()
                .filter(definition -> definition.name().text().equals(name))
                .findFirst();
    }
}
