package dev.weft.backend.cuda;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Program;
import dev.weft.models.Weft;
import java.util.List;
import java.util.Map;

/** Entries of the shipped models at small sizes, as a backend gets them. */
final class Models {
    private Models() {}

    static Program tiny(String model, String entry, Map<String, Long> sizes) {
        Map<String, String> constants =
                Map.of("layers", "2", "width", "32", "heads", "4", "context", "16", "vocab", "67");
        return Weft.PASSES.run(dev.weft.models.Program.load(model)
                .with(constants)
                .optimizer("adamw", Map.of())
                .lower(List.of(EntryRequest.of(entry, sizes))));
    }

    /** The same model at GPT-2's smallest size. */
    static Program whole(String model, String entry, Map<String, Long> sizes) {
        Map<String, String> constants =
                Map.of("layers", "12", "width", "768", "heads", "12", "context", "1024", "vocab", "50257");
        return Weft.PASSES.run(dev.weft.models.Program.load(model)
                .with(constants)
                .optimizer("adamw", Map.of())
                .lower(List.of(EntryRequest.of(entry, sizes))));
    }
}
