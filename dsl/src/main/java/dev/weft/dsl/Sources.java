package dev.weft.dsl;

import dev.weft.dsl.ast.Declaration;
import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.SourceFile;
import dev.weft.dsl.check.Checker;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Diagnostic;
import dev.weft.dsl.diagnostic.Suggestions;
import dev.weft.dsl.parse.FileParser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/** Parses files and what they import, each once. */
public final class Sources {
    private final SourceResolver resolver;
    private final Map<String, Module> loaded = new HashMap<>();
    private final List<Diagnostic> diagnostics = new ArrayList<>();
    private final SequencedSet<String> loading = new LinkedHashSet<>();

    private Sources(SourceResolver resolver) {
        this.resolver = resolver;
    }

    /**
     * A parsed file with its imports, or why there is none.
     *
     * @param module missing where a diagnostic is an error
     */
    public record Result(@Nullable Module module, List<Diagnostic> diagnostics) {
        public Result {
            diagnostics = List.copyOf(diagnostics);
        }
    }

    /** Parses a source and, through the resolver, what it imports. */
    public static Result load(Source source, SourceResolver resolver) {
        Sources sources = new Sources(resolver);
        Optional<Module> module = sources.module(source);
        return new Result(sources.diagnostics.isEmpty() ? module.orElse(null) : null, sources.diagnostics);
    }

    /**
     * Parses a source with its imports and checks them; a module that comes back binds to all sizes that satisfy its {@code where}. An
     * edit that a diagnostic offers was tried: it leaves fewer findings and makes no other one.
     */
    public static Result check(Source source, SourceResolver resolver) {
        Result result = findings(source, resolver);
        return new Result(result.module(), new ProvenEdits(source, resolver).of(result.diagnostics()));
    }

    static Result findings(Source source, SourceResolver resolver) {
        Result parsed = load(source, resolver);
        Module module = parsed.module();
        if (module == null) {
            return parsed;
        }
        List<Diagnostic> found = Checker.check(module);
        return new Result(found.isEmpty() ? module : null, found);
    }

    private Optional<Module> module(Source source) {
        FileParser.Result parsed = FileParser.parse(source);
        diagnostics.addAll(parsed.diagnostics());
        SourceFile file = parsed.file();
        if (file == null) {
            return Optional.empty();
        }
        Map<String, Module> imports = new HashMap<>();
        for (Declaration.Import wanted : file.imports()) {
            imported(wanted).ifPresent(module -> imports.put(wanted.alias().text(), module));
        }
        return Optional.of(new Module(file, imports));
    }

    private Optional<Module> imported(Declaration.Import wanted) {
        String name = wanted.source().text();
        if (loaded.containsKey(name)) {
            return Optional.of(loaded.get(name));
        }
        if (!loading.add(name)) {
            diagnostics.add(Diagnostic.error(
                    Code.IMPORT_CYCLE,
                    wanted.span(),
                    "import " + name + ": must not lead back to itself, got " + String.join(" -> ", loading) + " -> "
                            + name));
            return Optional.empty();
        }
        Optional<Source> source = resolver.resolve(name);
        if (source.isEmpty()) {
            Diagnostic unknown = Diagnostic.error(
                    Code.UNKNOWN_IMPORT,
                    wanted.source().span(),
                    "import " + name + ": no file " + name + ".weft here, and no shipped program of that name");
            boolean renamed = !wanted.alias().text().equals(name);
            diagnostics.add(Suggestions.nearest(name, resolver.known())
                    .map(near -> unknown.help(
                            "did you mean " + near + "?",
                            wanted.source().span(),
                            renamed ? near : near + " as " + name))
                    .orElse(unknown));
        }
        Optional<Module> module = source.flatMap(this::module);
        loading.remove(name);
        module.ifPresent(found -> loaded.put(name, found));
        return module;
    }
}
