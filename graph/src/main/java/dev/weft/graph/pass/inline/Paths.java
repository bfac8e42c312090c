package dev.weft.graph.pass.inline;

import dev.weft.graph.Origin;
import java.util.List;

/** How places nest: a stream or path inside a call comes after the call's own path and a slash. */
final class Paths {

    private Paths() {}

    static String join(String outer, String inner) {
        if (outer.isEmpty()) {
            return inner;
        }
        return inner.isEmpty() ? outer : outer + "/" + inner;
    }

    static List<Origin> inside(String path, List<Origin> origins) {
        return path.isEmpty()
                ? origins
                : origins.stream()
                        .map(origin -> new Origin(origin.span(), join(path, origin.path())))
                        .toList();
    }
}
