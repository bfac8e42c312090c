package dev.weft.cli;

import dev.weft.backend.spi.CodeStore;
import dev.weft.models.ProgramCache;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What is kept of earlier compilations. */
@Command(
        name = "cache",
        description = {
            "Look at what is kept of earlier compilations, or forget it.",
            "ls lists it, explain tells whether the last program was found and if not, what was different, clear forgets everything."
        },
        footer = {"", "Example: weft cache ls", "         weft cache explain", "         weft cache clear"})
final class CacheCommand extends Action {

    /** What to do. */
    enum What {
        ls,
        explain,
        clear
    }

    @Parameters(paramLabel = "ls|explain|clear", description = "What to do.")
    What what = What.ls;

    CacheCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        CodeStore store = CodeStore.open();
        switch (what) {
            case ls -> list(store);
            case explain -> explain(store);
            case clear -> clear(store);
        }
        store.problem().ifPresent(this::note);
        return ExitCode.DONE;
    }

    private void list(CodeStore store) {
        Map<String, List<CodeStore.Item>> kinds = new LinkedHashMap<>();
        store.items().forEach(item -> kinds.computeIfAbsent(item.kind(), kind -> new ArrayList<>())
                .add(item));
        List<Map<String, Object>> rows = new ArrayList<>();
        kinds.forEach((kind, items) -> {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("kind", kind);
            row.put("files", items.size());
            row.put("bytes", bytes(items));
            rows.add(row);
        });
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("folder", store.folder().map(Object::toString).orElse(""));
        json.put("bytes", bytes(store.items()));
        json.put("limit_bytes", CodeStore.LIMIT_BYTES);
        json.put("kinds", rows);
        result(json, out -> {
            rows.forEach(row -> out.println("%-10s %6d files  %s"
                    .formatted(row.get("kind"), (int) row.get("files"), CompileReport.bytes((long) row.get("bytes")))));
            out.println("%s of at most %s in %s"
                    .formatted(
                            CompileReport.bytes((long) json.get("bytes")),
                            CompileReport.bytes(CodeStore.LIMIT_BYTES),
                            json.get("folder")));
        });
    }

    private static long bytes(List<CodeStore.Item> items) {
        return items.stream().mapToLong(CodeStore.Item::bytes).sum();
    }

    private void explain(CodeStore store) {
        List<String> lines = ProgramCache.explain(store);
        result(Map.of("explanation", lines), out -> lines.forEach(out::println));
    }

    private void clear(CodeStore store) {
        int count = store.items().size();
        store.clear();
        result(Map.of("forgotten", count), out -> out.println(count + " files forgotten"));
    }
}
