package dev.weft.models.probe;

import dev.weft.graph.PathPattern;
import dev.weft.graph.UserException;
import java.util.ArrayList;
import java.util.List;

/**
 * A pattern of paths: names separated by dots, {@code *} for one name, {@code **} for any number of them. It may leave out how the path
 * begins: {@code blocks.*.attn} is any path that ends so, in whichever functions it stands.
 */
record ProbePattern(String text) {

    ProbePattern {
        if (!text.matches("(?:[\\w#]+|\\*\\*?)(?:[./](?:[\\w#]+|\\*\\*?))*")) {
            throw new UserException(
                    "--probe %s: must be names separated by dots, * for one name, ** for any; such as blocks.*.attn"
                            .formatted(text));
        }
    }

    /** Whether a path as provenance has it, {@code loss/logits/blocks.0/attn}, ends in this pattern. */
    boolean matches(String path) {
        List<String> steps = new ArrayList<>(List.of("**"));
        steps.addAll(List.of(text.split("[./]")));
        return new PathPattern(steps).matches(path.replace('/', '.'));
    }
}
