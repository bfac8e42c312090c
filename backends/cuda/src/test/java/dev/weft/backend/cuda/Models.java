package dev.weft.backend.cuda;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Program;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Weft;
import java.util.List;
import java.util.Map;

/** Entries of the shipped models at small sizes, as a backend gets them. */
final class Models {
    private static final Map<String, String> TINY =
            Map.of("layers", "2", "width", "32", "heads", "4", "context", "16", "vocab", "67");

    private Models() {}

    static Program tiny(String model, String entry, Map<String, Long> sizes) {
        return tiny(model, entry, sizes, ElementType.F32);
    }

    /** @param precision what products read */
    static Program tiny(String model, String entry, Map<String, Long> sizes, ElementType precision) {
        return Weft.passes(precision)
                .run(dev.weft.models.Program.load(model)
                        .with(TINY)
                        .optimizer("adamw", Map.of())
                        .lower(List.of(EntryRequest.of(entry, sizes))));
    }

    /** The shipped model at a small size, with an optimizer. */
    static dev.weft.models.Program tinyGpt() {
        return dev.weft.models.Program.load("gpt").with(TINY).optimizer("adamw", Map.of());
    }

    /** An entry of GPT-2's smallest model. */
    static Program whole(EntryRequest entry, ElementType precision) {
        return Weft.passes(precision).run(gpt2().lower(List.of(entry)));
    }

    /** GPT-2's smallest model, with an optimizer. */
    static dev.weft.models.Program gpt2() {
        return dev.weft.models.Program.load("gpt")
                .with(Map.of("layers", "12", "width", "768", "heads", "12", "context", "1024", "vocab", "50257"))
                .optimizer("adamw", Map.of());
    }
}
