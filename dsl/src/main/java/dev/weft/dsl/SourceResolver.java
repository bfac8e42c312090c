package dev.weft.dsl;

import dev.weft.dsl.ast.Source;
import java.util.List;
import java.util.Optional;

/** Finds the text behind a name: {@code gpt}, {@code nn}, {@code my/model.weft}. A file comes before a shipped program. */
public interface SourceResolver {

    Optional<Source> resolve(String name);

    /** The names that could have been meant, for "did you mean". */
    default List<String> known() {
        return List.of();
    }
}
