package dev.weft.graph;

/**
 * Where a value comes from.
 *
 * @param span {@code file:line:column} in the source
 * @param path the place in the model tree ({@code blocks.3.attn}), empty at the top
 */
public record Origin(String span, String path) {

    @Override
    public String toString() {
        return path.isEmpty() ? span : span + " " + path;
    }
}
