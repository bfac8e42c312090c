package dev.weft.graph;

import java.util.List;

/**
 * Which paths are meant, of stored tensors or of values: {@code blocks.*.attn.**}. It is about a whole path, from its beginning to its
 * end.
 *
 * @param steps names, numbers, {@code *} for one of them, {@code **} for any number of them, also none
 */
public record PathPattern(List<String> steps) {

    private static final String ONE = "*";
    private static final String ANY = "**";

    public PathPattern {
        steps = List.copyOf(steps);
    }

    /** Whether it means a path such as {@code blocks.3.attn.qkv.weight}. */
    public boolean matches(String path) {
        List<String> names = List.of(path.split("\\.", -1));
        // reached[j]: the steps up to here can stand for the first j names.
        boolean[] reached = new boolean[names.size() + 1];
        reached[0] = true;
        for (String step : steps) {
            boolean[] next = new boolean[names.size() + 1];
            for (int j = 0; j <= names.size(); j++) {
                if (step.equals(ANY)) {
                    next[j] = reached[j] || j > 0 && next[j - 1];
                } else {
                    next[j] = j > 0 && reached[j - 1] && (step.equals(ONE) || step.equals(names.get(j - 1)));
                }
            }
            reached = next;
        }
        return reached[names.size()];
    }

    @Override
    public String toString() {
        return String.join(".", steps);
    }
}
