package dev.weft.dsl.check;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Diagnostic;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong: at one place the first finding of a kind, since a body may be walked several times. */
final class Report {
    private final Map<Object, Diagnostic> found = new LinkedHashMap<>();

    void add(Diagnostic diagnostic) {
        found.putIfAbsent(List.of(diagnostic.code(), diagnostic.span()), diagnostic);
    }

    /** By file, and in each file from its beginning to its end. */
    List<Diagnostic> found() {
        List<Source> sources = found.values().stream()
                .map(one -> one.span().source())
                .distinct()
                .toList();
        return found.values().stream()
                .sorted(Comparator.comparingInt(
                                (Diagnostic one) -> sources.indexOf(one.span().source()))
                        .thenComparingInt(one -> one.span().start()))
                .toList();
    }
}
