package dev.weft.models.probe;

import dev.weft.graph.UserException;
import java.util.regex.Pattern;

/**
 * A pattern of paths: names separated by dots, {@code *} for one name, {@code **} for any number of them. It may leave out how the path
 * begins: {@code blocks.*.attn} is any path that ends so, in whichever functions it stands.
 */
record PathPattern(String text) {

    PathPattern {
        if (!text.matches("(?:[\\w#]+|\\*\\*?)(?:[./](?:[\\w#]+|\\*\\*?))*")) {
            throw new UserException(
                    "--probe %s: must be names separated by dots, * for one name, ** for any; such as blocks.*.attn"
                            .formatted(text));
        }
    }

    /** Whether a path as provenance has it, {@code loss/logits/blocks.0/attn}, ends in this pattern. */
    boolean matches(String path) {
        StringBuilder expression = new StringBuilder("(?:.*\\.)?");
        String separator = "";
        for (String name : text.split("[./]")) {
            if (name.equals("**")) {
                expression.append("(?:").append(separator).append("[^.]+)*");
            } else {
                expression.append(separator).append(name.equals("*") ? "[^.]+" : Pattern.quote(name));
            }
            separator = "\\.";
        }
        return Pattern.matches(expression.toString(), path.replace('/', '.'));
    }
}
