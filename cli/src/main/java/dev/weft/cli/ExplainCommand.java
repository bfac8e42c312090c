package dev.weft.cli;

import dev.weft.dsl.diagnostic.Catalog;
import dev.weft.dsl.diagnostic.Code;
import dev.weft.dsl.diagnostic.Suggestions;
import dev.weft.graph.UserException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** More about a diagnostic than fits beside a line of code. */
@Command(
        name = "explain",
        description = "Explain the code of a diagnostic, with a program that is wrong in that way.",
        footer = {"", "Example: weft explain W0501"})
final class ExplainCommand extends Action {

    @Parameters(
            paramLabel = "CODE",
            arity = "0..1",
            description = "A code such as W0501. All are listed if none is given.")
    String code = "";

    ExplainCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (code.isEmpty()) {
            list();
            return ExitCode.DONE;
        }
        Code found = Code.of(code).orElseThrow(this::unknown);
        String page = Catalog.explain(found);
        result(Map.of("code", found.id(), "title", found.title(), "page", page), out -> out.print(page));
        return ExitCode.DONE;
    }

    private void list() {
        Map<String, String> titles = new LinkedHashMap<>();
        for (Code each : Code.values()) {
            titles.put(each.id(), each.title());
        }
        result(Map.of("codes", titles), out -> titles.forEach((id, title) -> out.println(id + "  " + title)));
    }

    private UserException unknown() {
        List<String> known = Arrays.stream(Code.values()).map(Code::id).toList();
        return new UserException("code %s: is not known%s; weft explain lists all"
                .formatted(
                        code,
                        Suggestions.nearest(code, known)
                                .map(near -> ", did you mean " + near + "?")
                                .orElse("")));
    }
}
