package dev.weft.dsl;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tries the edits that diagnostics offer. One that leaves as many findings, or makes another one, is a guess that went wrong; its remedy
 * stays as words.
 */
final class ProvenEdits {
    /** Each costs a check of everything; who has more findings than this mends the first ones first. */
    private static final int MOST = 16;

    private final Source source;
    private final SourceResolver resolver;

    ProvenEdits(Source source, SourceResolver resolver) {
        this.source = source;
        this.resolver = resolver;
    }

    List<Diagnostic> of(List<Diagnostic> found) {
        Set<String> known = new HashSet<>();
        found.forEach(diagnostic -> known.add(key(diagnostic)));
        List<Diagnostic> proven = new ArrayList<>();
        int tried = 0;
        for (Diagnostic diagnostic : found) {
            Diagnostic.@Nullable Remedy remedy = diagnostic.remedy();
            @Nullable Span replaced = remedy == null ? null : remedy.replaced();
            if (remedy == null || replaced == null) {
                proven.add(diagnostic);
                continue;
            }
            tried++;
            proven.add(
                    tried <= MOST && mends(remedy, replaced, found.size(), known) ? diagnostic : diagnostic.inWords());
        }
        return proven;
    }

    private boolean mends(Diagnostic.Remedy remedy, Span replaced, int before, Set<String> known) {
        Source wrong = replaced.source();
        Source edited = new Source(wrong.name(), remedy.apply(wrong.text()));
        SourceResolver others = new SourceResolver() {
            @Override
            public Optional<Source> resolve(String name) {
                return resolver.resolve(name).map(one -> one.name().equals(wrong.name()) ? edited : one);
            }

            @Override
            public List<String> known() {
                return resolver.known();
            }
        };
        Sources.Result result = Sources.findings(wrong.equals(source) ? edited : source, others);
        return result.diagnostics().size() < before
                && result.diagnostics().stream().allMatch(left -> known.contains(key(left)));
    }

    /** What a finding is, wherever an edit moved it to. */
    private static String key(Diagnostic diagnostic) {
        return diagnostic.code() + " " + diagnostic.message();
    }
}
