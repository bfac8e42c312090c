package dev.weft.docs;

import java.util.List;
import java.util.Optional;

/**
 * A fenced block.
 *
 * @param line of its fence, from 1
 * @param language the first word behind the fence
 * @param words the further ones
 * @param quoted the file that the comment before the block names, a path from the root
 */
record Block(int line, String language, List<String> words, String text, Optional<String> quoted) {

    Block {
        words = List.copyOf(words);
    }

    /** The word behind {@code key}: the file name in {@code weft as pair.weft}. */
    Optional<String> word(String key) {
        int at = words.indexOf(key);
        return at < 0 || at + 1 >= words.size() ? Optional.empty() : Optional.of(words.get(at + 1));
    }
}
