package dev.weft.dsl.check;

import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong: at one place the first finding of a kind, since a body may be walked several times. */
final class Report {
    private final Map<Object, Diagnostic> found = new LinkedHashMap<>();

    void add(Diagnostic diagnostic) {
        found.putIfAbsent(List.of(diagnostic.code(), diagnostic.span()), diagnostic);
    }

    List<Diagnostic> found() {
        return List.copyOf(found.values());
    }

    int count() {
        return found.size();
    }
}
